import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { BlacklistModule } from '../blacklist.module';
import { BlacklistController } from './blacklist.controller';

@Module({ imports: [AppsModule, BlacklistModule], controllers: [BlacklistController] })
export class BlacklistHttpModule {}
