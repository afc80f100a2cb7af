/** A seller's door for programs that name their product: its key and its settings. */
export { Gateways } from './gateways.service';
export type { ClientGateway, Gateway } from './gateways.service';
export type { GatewayChanges, GatewaySettings } from './domain/gateway-settings';
/** Tells the door's log channels about attempts. */
export { AttemptNotices } from './attempt-notices';
export type { AttemptNotice } from './domain/attempt-notice';
export { GatewayErrors } from './domain/gateways.errors';
export { GatewaysModule } from './gateways.module';
/** Controller parameter: the gateway whose key a client sent. */
export { CallingGateway } from './http/gateway-key.guard';
