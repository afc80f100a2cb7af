/** A client's sign-in and registration, as far as users are concerned. */
export { AppUserAccess } from './app-user-access';
export type { ClientUser, PasswordTry, VerifiedUser } from './app-user-access';
/** A seller's verbs on users. */
export { AppUsersService } from './app-users.service';
/** Users in files: many at once. */
export { isPasswordHash, UserTransfer } from './user-transfer';
export type { UserRecord } from './user-transfer';
export { AppUsersModule } from './app-users.module';
export { UserErrors } from './domain/app-users.errors';
export type { UserStatus } from './domain/app-user';
