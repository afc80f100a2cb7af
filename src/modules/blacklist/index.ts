/** Tells whether a client is blacklisted. */
export { BlacklistScreen } from './blacklist-screen';
/** A seller's verbs on the list. */
export { BlacklistService } from './blacklist.service';
export type { BlacklistEntry } from './blacklist.service';
export { BLACKLIST_TYPES } from './domain/blacklist';
export type { BlacklistType } from './domain/blacklist';
export { BlacklistErrors } from './domain/blacklist.errors';
export type { BlacklistHit, BlacklistHits, Screened } from './blacklist-list';
/** Counts what each entry refused. */
export { BlacklistAttempts } from './blacklist-attempts';
export { BlacklistModule } from './blacklist.module';
