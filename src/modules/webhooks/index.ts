/** A seller's verbs on endpoints. */
export { WebhooksService } from './webhooks.service';
export type { NewWebhook, Webhook, WebhookSettings, WebhookWithSecret } from './webhooks.service';
/** Test pings. */
export { WebhookPing } from './webhook-ping';
export type { Pinged } from './webhook-ping';
/** The log of deliveries, and replays. */
export { WebhookLog } from './webhook-log.service';
export type { Replayed } from './webhook-log.service';
export { ANY_EVENT, ORDERINGS, WEBHOOK_FORMATS } from './domain/webhook';
export type { Ordering, WebhookFormat, WebhookStatus } from './domain/webhook';
export { WebhookErrors } from './domain/webhooks.errors';
export { WebhooksModule } from './webhooks.module';
