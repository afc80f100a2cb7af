import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { LicensesModule } from '../licenses.module';
import { LicensesController } from './licenses.controller';

@Module({ imports: [AppsModule, LicensesModule], controllers: [LicensesController] })
export class LicensesHttpModule {}
