/** How a client gets in: init, login, register, key. */
export { ClientAccess } from './client-access.service';
export type {
  ClientRefusal,
  ClientVerdict,
  Entitlement,
  KeySignedIn,
  SignedIn,
} from './client-verdict';
/** How it stays in and leaves: check, logout. */
export { ClientLife } from './client-life.service';
/** What it may ask before it is in. */
export { ClientLookups } from './client-lookups.service';
export type { BlacklistAnswer } from './client-lookups.service';
/** What it does meanwhile: variables, messages, who is online, referral codes. */
export { ClientData } from './client-data.service';
export type { AppFigures, Presence } from './client-data.service';
/** Files: what a client is offered, links to them, their bytes. */
export { ClientFiles } from './client-files.service';
export type { FileDownload, FileLink, WhichFile } from './client-files.service';
export { ClientDownloads } from './client-downloads.service';
export { ClientReferrals } from './client-referrals.service';
export type { Reward } from './client-referrals.service';
/** The heartbeat that needs no database. */
export { ClientSessions } from './client-sessions.service';
export type { CheckedSession, LiveClient } from './client-sessions.service';
/** Programs that name their product and show a key, without a session. */
export { ProductAccess } from './product-access.service';
export type { ProductGrant } from './product-access.service';
export type { PartialClaim, ProductClaim } from './domain/product-claim';
/** The catalogue's words for each refusal. */
export { ClientErrors } from './domain/refusals';
export { ClientAccessModule } from './client-access.module';
