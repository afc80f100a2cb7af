import { Module } from '@nestjs/common';
import { AppsModule } from '../apps';
import { PlansModule } from '../plans';
import { SessionsModule } from '../sessions';
import { AddressesRepository } from './addresses.repository';
import { DevicesRepository } from './devices.repository';
import { LicenseAccess } from './license-access';
import { LicenseBindings } from './license-bindings';
import { LicenseBooks } from './license-books';
import { LicenseEdits } from './license-edits';
import { LicenseIssue } from './license-issue';
import { LicenseResale } from './license-resale';
import { LicenseTransfer } from './license-transfer';
import { LicenseTransferRepository } from './license-transfer.repository';
import { LicensesRepository } from './licenses.repository';
import { LicensesService } from './licenses.service';

@Module({
  imports: [AppsModule, PlansModule, SessionsModule],
  providers: [
    AddressesRepository,
    DevicesRepository,
    LicenseAccess,
    LicenseBindings,
    LicenseBooks,
    LicenseEdits,
    LicenseIssue,
    LicenseResale,
    LicenseTransfer,
    LicenseTransferRepository,
    LicensesRepository,
    LicensesService,
  ],
  exports: [
    LicenseAccess,
    LicenseBindings,
    LicenseEdits,
    LicenseResale,
    LicenseTransfer,
    LicensesService,
  ],
})
export class LicensesModule {}
