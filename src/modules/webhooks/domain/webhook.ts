/**
 * `PENDING` until its test ping was answered 2xx; only then events flow (S-23). `DISABLED` by its
 * seller, or for a reason.
 */
export const WEBHOOK_STATUSES = ['PENDING', 'ACTIVE', 'DISABLED'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/**
 * Why an endpoint is off: by its seller, after five failing days, because it answered 410, or because
 * no test ping was answered 2xx; of a `PENDING` one the last was not, and others follow.
 */
export const STATUS_REASONS = ['seller', 'failing', 'gone', 'unverified'] as const;
export type StatusReason = (typeof STATUS_REASONS)[number];

/** Whether a change means that the endpoint is to be verified anew: switched on, or elsewhere and not off. */
export function mustVerify(
  before: { readonly status: WebhookStatus; readonly statusReason: StatusReason | null },
  enabled: boolean | undefined,
  moved: boolean,
): boolean {
  if (enabled !== undefined) return enabled && (moved || before.status !== 'ACTIVE');
  return moved && before.statusReason !== 'seller';
}

/**
 * Shape of the bodies: `envelope` is `{event,timestamp,data}` [seed 000, 001], `json` the flat record
 * of document 002 (D-C16), `discord` a message that Discord accepts.
 */
export const WEBHOOK_FORMATS = ['envelope', 'json', 'discord'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** `strict`: one after the other, and none before the one ahead of it was delivered or given up. */
export const ORDERINGS = ['none', 'strict'] as const;
export type Ordering = (typeof ORDERINGS)[number];

/** An address for other eyes: what follows the origin may be as good as a password, as with Discord. */
export function shownAddress(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return pathname === '/' && search === '' ? origin : `${origin}/…`;
}

/** Subscribes to whatever comes. */
export const ANY_EVENT = '*';

/** Endpoints of one application. */
export const WEBHOOKS_PER_APP = 50;
/** Endpoints of one seller. */
export const WEBHOOKS_PER_SELLER = 200;
/** Endpoints of one seller at one host: nobody is made to drown a third party. */
export const WEBHOOKS_PER_HOST = 20;

/** Requests to one endpoint at once. */
export const ENDPOINT_CONCURRENCY = 8;
/** Endpoints at one host that are served at once, by all workers together. */
export const HOST_LANES = 10;
/** Endpoints of one seller that are served at once, by all workers together. */
export const SELLER_LANES = 20;

/** Days without a success after which a failing endpoint is switched off. */
export const FAILING_DAYS_MAX = 5;

/** Hours that a replaced secret goes on signing. */
export const SECRET_OVERLAP_HOURS = 24;
/** Secrets that sign at once, the newest included; more rotations within a day drop the oldest. */
export const SECRETS_MAX = 5;

/** Days that events and deliveries are kept. */
export const EVENTS_KEPT_DAYS = 30;

/** Events that one call of «replay since» takes up at most. */
export const REPLAY_MAX = 10_000;
