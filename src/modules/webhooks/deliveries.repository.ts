import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { DeliveryStatus } from './domain/delivery';
import { ANY_EVENT, REPLAY_MAX } from './domain/webhook';
import type { WebhookDeliveryEntity } from './entities/webhook-delivery.entity';

/** A delivery with the name and time of its event. */
export type Delivery = WebhookDeliveryEntity & {
  readonly eventType: string;
  readonly occurredAt: Date;
};

const EVENT = `(SELECT e.type FROM outbox_events e WHERE e.id = event_id) AS event_type,
  (SELECT e.occurred_at FROM outbox_events e WHERE e.id = event_id) AS occurred_at`;

/** Back to the start, as if it had never been tried. What was tried stays in its history. */
const AGAIN = `status = 'PENDING', attempts = 0, next_attempt_at = now()`;

/** The log of deliveries, as its owner reads it, and the way back into the queue. */
@Injectable()
export class DeliveriesRepository extends Repository {
  list(
    webhookId: string,
    status: DeliveryStatus | undefined,
    request: PageRequest,
  ): Promise<Page<Delivery>> {
    const where = status ? ['webhook_id = $1', 'status = $2'] : ['webhook_id = $1'];
    const values = status ? [webhookId, status] : [webhookId];
    return this.page(
      { table: 'webhook_deliveries', select: `*, ${EVENT}`, where, values },
      request,
    );
  }

  /** Takes a delivery up again; null when the endpoint has none such. */
  async replay(webhookId: string, id: string): Promise<Delivery | null> {
    const delivery = await this.one<Delivery>(
      `UPDATE webhook_deliveries SET ${AGAIN} WHERE webhook_id = $1 AND id = $2
       RETURNING *, ${EVENT}`,
      [webhookId, id],
    );
    if (delivery) await this.makeDue(webhookId);
    return delivery;
  }

  /**
   * Takes up every event since an instant that the endpoint subscribes to and has not received, or
   * all of them; the oldest first, a limited number. Returns how many.
   */
  async replaySince(webhookId: string, since: Date, delivered: boolean): Promise<number> {
    const queued = await this.affected(
      `INSERT INTO webhook_deliveries AS d (id, webhook_id, event_id, sequence)
       SELECT gen_random_uuid(), w.id, e.id, e.sequence
         FROM webhooks w JOIN outbox_events e ON e.app_id = w.app_id
         LEFT JOIN webhook_deliveries had ON had.event_id = e.id AND had.webhook_id = w.id
        WHERE w.id = $1 AND e.occurred_at >= $2 AND e.sequence IS NOT NULL
          AND (e.type = ANY (w.events) OR '${ANY_EVENT}' = ANY (w.events))
          AND (had.id IS NULL OR had.status = 'FAILED' OR ($3 AND had.status = 'DELIVERED'))
        ORDER BY e.occurred_at, e.id LIMIT ${REPLAY_MAX}
       ON CONFLICT (event_id, webhook_id) DO UPDATE SET ${AGAIN}`,
      [webhookId, since, delivered],
    );
    if (queued > 0) await this.makeDue(webhookId);
    return queued;
  }

  /** Deletes a batch of events of that age, with their deliveries; returns how many. */
  deleteEventsOlderThan(days: number): Promise<number> {
    return this.affected(
      `DELETE FROM outbox_events WHERE id IN (
         SELECT id FROM outbox_events
          WHERE occurred_at < now() - make_interval(days => $1) AND dispatched_at IS NOT NULL LIMIT 5000)`,
      [days],
    );
  }

  /** Deletes the counters of applications that are gone with all their events. */
  deleteUnusedSequences(): Promise<number> {
    return this.affected(
      `DELETE FROM event_sequences s
        WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = s.app_id)
          AND NOT EXISTS (SELECT 1 FROM outbox_events e WHERE e.app_id = s.app_id)`,
    );
  }

  private async makeDue(webhookId: string): Promise<void> {
    await this.affected('UPDATE webhooks SET due_at = now() WHERE id = $1', [webhookId]);
  }
}
