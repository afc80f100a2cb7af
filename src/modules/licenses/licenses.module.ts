import { Module } from '@nestjs/common';
import { AppsModule } from '../apps';
import { PlansModule } from '../plans';
import { SessionsModule } from '../sessions';
import { DevicesRepository } from './devices.repository';
import { LicenseAccess } from './license-access';
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
    DevicesRepository,
    LicenseAccess,
    LicenseBooks,
    LicenseEdits,
    LicenseIssue,
    LicenseResale,
    LicenseTransfer,
    LicenseTransferRepository,
    LicensesRepository,
    LicensesService,
  ],
  exports: [LicenseAccess, LicenseEdits, LicenseResale, LicenseTransfer, LicensesService],
})
export class LicensesModule {}
