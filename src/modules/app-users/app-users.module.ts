import { Module } from '@nestjs/common';
import { AppsModule } from '../apps';
import { LicensesModule } from '../licenses';
import { PlansModule } from '../plans';
import { SessionsModule } from '../sessions';
import { AppUserAccess } from './app-user-access';
import { AppUsersRepository } from './app-users.repository';
import { AppUsersService } from './app-users.service';
import { Entitlements } from './entitlements';
import { UserBooks } from './user-books';
import { UserOwners } from './user-owners';
import { UserTransfer } from './user-transfer';
import { UserTransferRepository } from './user-transfer.repository';

@Module({
  imports: [AppsModule, LicensesModule, PlansModule, SessionsModule],
  providers: [
    AppUserAccess,
    AppUsersRepository,
    AppUsersService,
    Entitlements,
    UserBooks,
    UserOwners,
    UserTransfer,
    UserTransferRepository,
  ],
  exports: [AppUserAccess, AppUsersService, UserOwners, UserTransfer],
})
export class AppUsersModule {}
