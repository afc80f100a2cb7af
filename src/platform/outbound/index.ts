/** Sends HTTP requests to addresses that somebody chose. */
export { Outbound, OUTBOUND_TIMEOUT_MS } from './outbound';
export type { OutboundFailure, OutboundRequest, OutboundResult } from './outbound';
export { OutboundModule } from './outbound.module';
/** Finds the addresses of names; tests give their own. */
export { NameResolver } from './name-resolver';
/** What may be reached. */
export { TARGET_URL_MAX, TargetRules } from './target-rules';
/** Messages that Discord accepts, and that address nobody. */
export { discordMessage, isDiscordUrl } from './discord';
export type { DiscordField, DiscordMessage, DiscordNotice } from './discord';
