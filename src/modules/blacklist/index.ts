/** Tells whether a client is blacklisted. */
export { BlacklistScreen } from './blacklist-screen';
export type { BlacklistHits, Screened } from './blacklist-screen';
export { BlacklistModule } from './blacklist.module';
