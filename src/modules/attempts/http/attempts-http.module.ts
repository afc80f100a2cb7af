import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { AttemptsModule } from '../attempts.module';
import { DenialsController } from './denials.controller';

@Module({ imports: [AppsModule, AttemptsModule], controllers: [DenialsController] })
export class AttemptsHttpModule {}
