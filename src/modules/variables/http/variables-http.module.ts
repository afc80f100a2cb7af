import { Module } from '@nestjs/common';
import { VariablesModule } from '../variables.module';

@Module({ imports: [VariablesModule] })
export class VariablesHttpModule {}
