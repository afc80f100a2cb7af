import { publicId } from '../../../kernel';
import type { Delivery } from '../deliveries.repository';
import type { Replayed } from '../webhook-log.service';
import type { Webhook, WebhookWithSecret } from '../webhooks.service';
import type {
  DeliveryView,
  ReplayedView,
  WebhookView,
  WebhookWithSecretView,
} from './dto/webhooks.views';

/** An endpoint; the documents' fields first [seed 000]. */
export function presentWebhook(webhook: Webhook): WebhookView {
  const { id, url, events, format, ordering, status, statusReason, publicKey } = webhook;
  return {
    id: publicId('wh', id),
    url,
    events,
    format,
    ordering,
    status,
    statusReason,
    failingSince: webhook.failingSince?.toISOString() ?? null,
    pausedUntil: webhook.pausedUntil?.toISOString() ?? null,
    publicKey,
    createdAt: webhook.createdAt.toISOString(),
  };
}

/** The same with the secret, which is shown once. */
export function presentWithSecret(webhook: WebhookWithSecret): WebhookWithSecretView {
  return { ...presentWebhook(webhook), secret: webhook.secret };
}

/** A line of the log. */
export function presentDelivery(delivery: Delivery): DeliveryView {
  const { id, eventId, eventType, sequence, status, attempts } = delivery;
  const { statusCode, failure, durationMs, response, history } = delivery;
  const next = status === 'PENDING' ? delivery.nextAttemptAt.toISOString() : null;
  return {
    id: publicId('whd', id),
    eventId: publicId('evt', eventId),
    event: eventType,
    sequence: Number(sequence),
    occurredAt: delivery.occurredAt.toISOString(),
    status,
    attempts,
    nextAttemptAt: next,
    lastAttemptAt: delivery.attemptedAt?.toISOString() ?? null,
    statusCode,
    failure,
    durationMs,
    response,
    history: [...history],
  };
}

/** What a replay took up, and from when to go on. */
export function presentReplayed({ queued, more, next }: Replayed): ReplayedView {
  return { queued, more, next: next?.toISOString() ?? null };
}
