/** A client's sign-in and registration, as far as users are concerned. */
export { AppUserAccess } from './app-user-access';
export type { ClientUser, PasswordTry, VerifiedUser } from './app-user-access';
/** A seller's verbs on users. */
export { AppUsersService } from './app-users.service';
export type { AppUser, UserChanges } from './app-users.service';
export { expiryOf } from './domain/entitlement';
/** The application of a user, where a path does not name it. */
export { UserOwners } from './user-owners';
/** Users in files: many at once. */
export { UserTransfer } from './user-transfer';
export type { UserRecord } from './user-transfer';
export { AppUsersModule } from './app-users.module';
export { UserErrors } from './domain/app-users.errors';
export { USER_STATUSES } from './domain/app-user';
export type { UserStatus } from './domain/app-user';
