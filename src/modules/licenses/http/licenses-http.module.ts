import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { LicensesModule } from '../licenses.module';
import { LicenseBindingsController } from './license-bindings.controller';
import { LicensesController } from './licenses.controller';

@Module({
  imports: [AppsModule, LicensesModule],
  controllers: [LicensesController, LicenseBindingsController],
})
export class LicensesHttpModule {}
