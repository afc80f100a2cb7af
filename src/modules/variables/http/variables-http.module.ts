import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { VariablesModule } from '../variables.module';
import { VariablesController } from './variables.controller';

@Module({ imports: [AppsModule, VariablesModule], controllers: [VariablesController] })
export class VariablesHttpModule {}
