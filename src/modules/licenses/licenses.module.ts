import { Module } from '@nestjs/common';
import { AppsModule } from '../apps';
import { SessionsModule } from '../sessions';
import { DevicesRepository } from './devices.repository';
import { LicenseAccess } from './license-access';
import { LicenseBooks } from './license-books';
import { LicenseEdits } from './license-edits';
import { LicenseTransfer } from './license-transfer';
import { LicenseTransferRepository } from './license-transfer.repository';
import { LicensesRepository } from './licenses.repository';
import { LicensesService } from './licenses.service';

@Module({
  imports: [AppsModule, SessionsModule],
  providers: [
    DevicesRepository,
    LicenseAccess,
    LicenseBooks,
    LicenseEdits,
    LicenseTransfer,
    LicenseTransferRepository,
    LicensesRepository,
    LicensesService,
  ],
  exports: [LicenseAccess, LicenseEdits, LicenseTransfer, LicensesService],
})
export class LicensesModule {}
