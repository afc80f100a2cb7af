/** Tells whether a client is blacklisted. */
export { BlacklistScreen } from './blacklist-screen';
export type { BlacklistHit, BlacklistHits, Screened } from './blacklist-list';
/** Counts what each entry refused. */
export { BlacklistAttempts } from './blacklist-attempts';
export { BlacklistModule } from './blacklist.module';
