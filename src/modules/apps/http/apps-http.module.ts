import { Module } from '@nestjs/common';
import { AppsModule } from '../apps.module';
import { AppsController } from './apps.controller';

@Module({ imports: [AppsModule], controllers: [AppsController] })
export class AppsHttpModule {}
