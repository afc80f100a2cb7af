/** How a client gets in: init, login, register, key. */
export { ClientAccess } from './client-access.service';
export type {
  ClientRefusal,
  ClientVerdict,
  Entitlement,
  KeySignedIn,
  SignedIn,
} from './client-access.service';
/** How it stays in and leaves: check, logout. */
export { ClientLife } from './client-life.service';
/** What it may ask before it is in. */
export { ClientLookups } from './client-lookups.service';
export type { BlacklistAnswer } from './client-lookups.service';
/** The heartbeat that needs no database. */
export { ClientSessions } from './client-sessions.service';
export type { CheckedSession } from './client-sessions.service';
/** The catalogue's words for each refusal. */
export { ClientErrors } from './domain/refusals';
export { ClientAccessModule } from './client-access.module';
