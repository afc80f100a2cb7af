import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { DeliveryStatus } from './domain/delivery';
import { ANY_EVENT } from './domain/webhook';
import type { WebhookDeliveryEntity } from './entities/webhook-delivery.entity';
import type { WebhookEntity } from './entities/webhook.entity';

/** A delivery with the name and time of its event. */
export type Delivery = WebhookDeliveryEntity & {
  readonly eventType: string;
  readonly occurredAt: Date;
};

/** A place in the events of an application, which stand in the order of their times and ids. */
export interface EventPlace {
  /** Microseconds since 1970. */
  readonly at: string;
  readonly id: string;
}

/** Events in a row that an endpoint has missed, and the place up to which there are no others. */
export type Missed = EventPlace & { readonly events: readonly string[] };

/** Events looked at in one statement. */
const LOOK_AT = 5_000;

const EVENT = `(SELECT e.type FROM outbox_events e WHERE e.id = event_id) AS event_type,
  (SELECT e.occurred_at FROM outbox_events e WHERE e.id = event_id) AS occurred_at`;

/** Back to the start, as if it had never been tried. What was tried stays in its history. */
const AGAIN = `status = 'PENDING', attempts = 0, queued_at = now(), next_attempt_at = now()`;

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
   * Of the next events of an application, up to `limit` that the endpoint subscribes to and has not
   * received, or all of them. Few are looked at in one statement, for there may be millions, each by
   * the one index that leads to its delivery, whatever the planner thinks of the log; null when none
   * are left.
   */
  missed(
    { id, appId }: Pick<WebhookEntity, 'id' | 'appId'>,
    after: EventPlace,
    delivered: boolean,
    limit: number,
  ): Promise<Missed | null> {
    return this.one(
      `WITH seen AS (
         SELECT id, type, occurred_at, sequence FROM outbox_events
          WHERE app_id = $2 AND (occurred_at, id) >
                (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid)
          ORDER BY occurred_at, id LIMIT ${LOOK_AT}
       ), missed AS (
         SELECT e.id, e.occurred_at
           FROM webhooks w CROSS JOIN seen e
          WHERE w.id = $1 AND e.sequence IS NOT NULL
            AND (e.type = ANY (w.events) OR '${ANY_EVENT}' = ANY (w.events))
            AND coalesce((SELECT d.status FROM webhook_deliveries d
                           WHERE d.event_id = e.id AND d.webhook_id = w.id), 'FAILED') = ANY ($5)
          ORDER BY e.occurred_at, e.id LIMIT $6
       )
       SELECT (extract(epoch FROM occurred_at) * 1000000)::bigint AS at, id,
              ARRAY(SELECT id FROM missed ORDER BY occurred_at, id) AS events
         FROM seen WHERE (SELECT count(*) FROM missed) < $6 OR id IN (SELECT id FROM missed)
        ORDER BY occurred_at DESC, id DESC LIMIT 1`,
      [id, appId, after.at, after.id, delivered ? ['FAILED', 'DELIVERED'] : ['FAILED'], limit],
    );
  }

  /** Takes up events that the endpoint still has not received, or all of them. Returns how many. */
  async replayAll(
    webhookId: string,
    events: readonly string[],
    delivered: boolean,
  ): Promise<number> {
    const queued = await this.affected(
      `INSERT INTO webhook_deliveries AS d (id, webhook_id, event_id, sequence)
       SELECT gen_random_uuid(), $1, id, sequence FROM outbox_events WHERE id = ANY ($2)
        ORDER BY occurred_at, id
       ON CONFLICT (event_id, webhook_id) DO UPDATE SET ${AGAIN}
        WHERE d.status = 'FAILED' OR ($3 AND d.status = 'DELIVERED')`,
      [webhookId, events, delivered],
    );
    if (queued > 0) await this.makeDue(webhookId);
    return queued;
  }

  /**
   * Deletes a batch of events of that age; returns how many. Each has up to fifty deliveries, which
   * go with it.
   */
  deleteEventsOlderThan(days: number): Promise<number> {
    return this.affected(
      `DELETE FROM outbox_events WHERE id IN (
         SELECT id FROM outbox_events
          WHERE occurred_at < now() - make_interval(days => $1) AND dispatched_at IS NOT NULL
          LIMIT 500 FOR UPDATE SKIP LOCKED)`,
      [days],
    );
  }

  /** Deletes a batch of the log of endpoints that were deleted; returns how many lines. */
  deleteLogsOfDeleted(): Promise<number> {
    return this.affected(
      `DELETE FROM webhook_deliveries WHERE id IN (
         SELECT d.id FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id
          WHERE w.deleted_at IS NOT NULL LIMIT 5000 FOR UPDATE OF d SKIP LOCKED)`,
    );
  }

  /** Deletes the endpoints that were deleted and have no log any more, once nobody has them in hand. */
  deleteEmptied(): Promise<number> {
    return this.affected(
      `DELETE FROM webhooks w
        WHERE deleted_at IS NOT NULL AND (leased_until IS NULL OR leased_until <= now())
          AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = w.id)`,
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

  /** Not one that is to be verified: that would be a ping. */
  private async makeDue(webhookId: string): Promise<void> {
    await this.affected("UPDATE webhooks SET due_at = now() WHERE id = $1 AND status = 'ACTIVE'", [
      webhookId,
    ]);
  }
}
