import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';
import { ANY_EVENT } from './domain/webhook';

/** What one round of the fan-out did. */
export interface FannedOut {
  readonly events: number;
  readonly deliveries: number;
}

/** Waits for its number, in the application if there is one. */
const WAITING = 'e.dispatched_at IS NULL AND ($2::uuid IS NULL OR e.app_id = $2)';
const TURN = "hashtextextended('latchkey fan-out', 0)";

@Injectable()
export class FanOutRepository extends Repository {
  /** Takes the turn until the transaction ends; false when another has it. */
  async tryTurn(): Promise<boolean> {
    const row = await this.one<{ taken: boolean }>(
      `SELECT pg_try_advisory_xact_lock(${TURN}) AS taken`,
    );
    return row!.taken;
  }

  /** Whether an event of the application waits for its number. */
  async waits(appId: string): Promise<boolean> {
    const row = await this.one<{ waits: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM outbox_events
                       WHERE dispatched_at IS NULL AND app_id = $1) AS waits`,
      [appId],
    );
    return row!.waits;
  }

  /** Waits for the turn: in a statement of its own, so that the next one sees what was done in it. */
  async takeTurn(): Promise<void> {
    await this.rows(`SELECT pg_advisory_xact_lock(${TURN})`);
  }

  /**
   * Numbers up to `limit` events that wait, of all applications or of one, each within its own, and writes a delivery for
   * every active endpoint that subscribes to one, in one statement. The order is that of the
   * transactions' beginnings among what has committed by now: what committed before another thing
   * began has the lower number. Events of an application that is being deleted stay where they are,
   * for nobody waits for that, and it may not come to pass. One at a time; the caller has the turn.
   */
  async fanOut(limit: number, appId: string | null): Promise<FannedOut> {
    const row = await this.one<FannedOut>(
      `WITH living AS (
         SELECT e.id, e.app_id, e.occurred_at FROM outbox_events e JOIN apps a ON a.id = e.app_id
          WHERE ${WAITING} ORDER BY e.occurred_at, e.id LIMIT $1 FOR KEY SHARE OF a SKIP LOCKED
       ), orphaned AS (
         SELECT e.id, e.app_id, e.occurred_at FROM outbox_events e
          WHERE ${WAITING} AND NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = e.app_id)
          ORDER BY e.occurred_at, e.id LIMIT (SELECT $1 - count(*) FROM living)
       ), batch AS (
         SELECT id, app_id, row_number() OVER (PARTITION BY app_id ORDER BY occurred_at, id) AS nth
           FROM (TABLE living UNION ALL TABLE orphaned) waiting
       ), counted AS (
         SELECT app_id, count(*) AS events FROM batch GROUP BY app_id
       ), numbered AS (
         INSERT INTO event_sequences AS s (app_id, last) SELECT app_id, events FROM counted
         ON CONFLICT (app_id) DO UPDATE SET last = s.last + EXCLUDED.last
         RETURNING app_id, last
       ), sent AS (
         UPDATE outbox_events e
            SET dispatched_at = clock_timestamp(), sequence = n.last - c.events + b.nth
           FROM batch b JOIN counted c USING (app_id) JOIN numbered n USING (app_id)
          WHERE e.id = b.id
         RETURNING e.id, e.app_id, e.type, e.sequence
       ), made AS (
         INSERT INTO webhook_deliveries (id, webhook_id, event_id, sequence)
         SELECT gen_random_uuid(), w.id, e.id, e.sequence
           FROM sent e JOIN webhooks w ON w.app_id = e.app_id
          WHERE w.status = 'ACTIVE' AND (e.type = ANY (w.events) OR '${ANY_EVENT}' = ANY (w.events))
            FOR KEY SHARE OF w SKIP LOCKED
         RETURNING webhook_id
       ), due AS (
         UPDATE webhooks SET due_at = now()
          WHERE id IN (SELECT webhook_id FROM made) AND (due_at IS NULL OR due_at > now())
       )
       SELECT (SELECT count(*)::int FROM sent) AS events, (SELECT count(*)::int FROM made) AS deliveries`,
      [limit, appId],
    );
    return row!;
  }
}
