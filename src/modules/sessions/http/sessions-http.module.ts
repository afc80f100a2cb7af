import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { SessionsModule } from '../sessions.module';
import { SessionsController } from './sessions.controller';

@Module({ imports: [AppsModule, SessionsModule], controllers: [SessionsController] })
export class SessionsHttpModule {}
