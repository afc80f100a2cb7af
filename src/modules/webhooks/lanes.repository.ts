import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';
import { DeliveryStatus, JITTER } from './domain/delivery';
import { FAILING_DAYS_MAX, HOST_LANES, SELLER_LANES } from './domain/webhook';
import type { WebhookEntity } from './entities/webhook.entity';

/** An endpoint whose deliveries are in one worker's hands for a while. */
export interface Lane extends Pick<
  WebhookEntity,
  'id' | 'appId' | 'sellerId' | 'url' | 'format' | 'ordering' | 'status' | 'slowFailures' | 'pings'
> {
  /** Names the worker's turn: nothing is written about an endpoint without it. */
  readonly lease: string;
  readonly failing: boolean;
  /** Whether it has been failing for so long that one more failure switches it off. */
  readonly overdue: boolean;
  /** Under encryption, the newest first. */
  readonly secrets: readonly Buffer[];
}

/** A delivery that is to be tried. */
export interface DueDelivery {
  readonly id: string;
  readonly attempts: number;
  /** False for what is ahead in a strict order but must wait. */
  readonly due: boolean;
  readonly ageSeconds: number;
  readonly eventId: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly occurredAt: Date;
  readonly sequence: string;
}

/** What a try is recorded as. */
export interface AttemptRecord {
  readonly id: string;
  /** Tries before this one, by which a replay in the meantime is noticed. */
  readonly before: number;
  readonly attempts: number;
  readonly status: DeliveryStatus;
  readonly delaySeconds: number;
  readonly jitter: boolean;
  readonly statusCode: number;
  readonly failure: string | null;
  readonly durationMs: number;
  readonly response: string;
}

/** What an endpoint looks like after a worker's turn. */
export interface LaneEnd {
  readonly slowFailures: number;
  /** Whether the last try failed; null when none was made. */
  readonly failed: boolean | null;
  /** Whether there was a success before that failure, in this turn. */
  readonly recovered: boolean;
  readonly pauseSeconds: number;
}

export interface LaneBudget {
  readonly lanes: number;
  /** Of these, how many may go to endpoints that lately did not answer in time. */
  readonly suspects: number;
}

/** What follows from a test ping in vain. */
export type PingRecord = Pick<AttemptRecord, 'attempts' | 'delaySeconds' | 'jitter'> &
  Pick<LaneEnd, 'slowFailures'>;

/** Seconds after which a worker that does not report is taken for dead. */
const LEASE_SECONDS = 60;
const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;
/** Endpoints looked at in one claim that are no suspects. */
const CANDIDATES = 256;
const HISTORY_MAX = 20;
const TURN = "hashtextextended('latchkey lanes', 0)";

/** Seconds that vary at random where they are to. */
const WAIT = (seconds: string, jitter: string) =>
  `make_interval(secs => ${seconds} * CASE WHEN ${jitter} THEN ${1 - JITTER} + ${2 * JITTER} * random() ELSE 1 END)`;

/** When the delivery that is first by that order is due, not before now; null when none waits. */
const NEXT_DUE = (order: string) =>
  `(SELECT greatest(now(), d.next_attempt_at) FROM webhook_deliveries d
     WHERE d.webhook_id = w.id AND d.status = 'PENDING' ORDER BY ${order} LIMIT 1)`;

@Injectable()
export class LanesRepository extends Repository {
  /** Waits for the turn to claim: in a statement of its own, so that `claim` sees what others took. */
  async takeTurn(): Promise<void> {
    await this.rows(`SELECT pg_advisory_xact_lock(${TURN})`);
  }

  /**
   * Takes endpoints that have something due, those that wait longest first: at most so many of one
   * host and of one seller, counting those in other workers' hands. An endpoint whose worker died
   * is taken over. Suspects are no more than may be taken, so that they hide nobody. `due_at` is cleared before anything is read, so what comes meanwhile is not lost.
   * One at a time; the caller has the turn.
   */
  claim(lease: string, { lanes, suspects }: LaneBudget): Promise<Lane[]> {
    return this.rows(
      `WITH busy AS (
         SELECT host, seller_id FROM webhooks WHERE leased_until > now()
       ), free AS (
         SELECT f.* FROM unnest(ARRAY[false, true], ARRAY[${CANDIDATES}, $3]) AS kind (suspect, most)
          CROSS JOIN LATERAL (
            SELECT id, host, seller_id, coalesce(due_at, leased_until) AS since
              FROM webhooks w
             WHERE (due_at <= now() OR leased_until <= now())
               AND (leased_until IS NULL OR leased_until <= now())
               AND status <> 'DISABLED' AND (paused_until IS NULL OR paused_until <= now())
               AND (slow_failures > 0) = kind.suspect
               AND host NOT IN (SELECT host FROM busy GROUP BY host HAVING count(*) >= ${HOST_LANES})
               AND seller_id NOT IN (SELECT seller_id FROM busy GROUP BY seller_id HAVING count(*) >= ${SELLER_LANES})
             ORDER BY since LIMIT kind.most) f
       ), ranked AS (
         SELECT id, since, host, seller_id,
                row_number() OVER (PARTITION BY host ORDER BY since) AS of_host,
                row_number() OVER (PARTITION BY seller_id ORDER BY since) AS of_seller
           FROM free
       ), taken AS (
         SELECT w.id FROM webhooks w JOIN ranked r USING (id)
          WHERE (w.leased_until IS NULL OR w.leased_until <= now())
            AND r.of_host + (SELECT count(*) FROM busy b WHERE b.host = r.host) <= ${HOST_LANES}
            AND r.of_seller + (SELECT count(*) FROM busy b WHERE b.seller_id = r.seller_id) <= ${SELLER_LANES}
          ORDER BY r.since LIMIT $2 FOR NO KEY UPDATE OF w SKIP LOCKED
       )
       UPDATE webhooks w SET lease = $1, leased_until = ${LEASE}, lease_over = false, due_at = NULL
         FROM taken WHERE w.id = taken.id
       RETURNING w.id, w.app_id, w.seller_id, w.url, w.format, w.ordering, w.status, w.slow_failures, w.pings, w.lease,
         w.failing_since IS NOT NULL AS failing,
         coalesce(w.failing_since < now() - interval '${FAILING_DAYS_MAX} days', false) AS overdue,
         ARRAY(SELECT s.secret_sealed FROM webhook_secrets s
                WHERE s.webhook_id = w.id AND (s.expires_at IS NULL OR s.expires_at > now())
                ORDER BY s.created_at DESC) AS secrets`,
      [lease, lanes, suspects],
    );
  }

  /**
   * The deliveries to try next, and the lease anew; none when the turn is over. In strict order the
   * one ahead comes first even when it must wait.
   */
  next({ id, lease, ordering }: Lane, limit: number): Promise<DueDelivery[]> {
    const [due, order] =
      ordering === 'strict'
        ? ['', 'd.sequence']
        : ['AND d.next_attempt_at <= now()', 'd.next_attempt_at'];
    return this.rows(
      `WITH lane AS (
         UPDATE webhooks SET leased_until = ${LEASE}
          WHERE id = $1 AND lease = $2 AND NOT lease_over AND status = 'ACTIVE' RETURNING id
       )
       SELECT d.id, d.attempts, d.next_attempt_at <= now() AS due,
              extract(epoch FROM now() - d.queued_at)::float8 AS age_seconds,
              e.id AS event_id, e.type, e.data, e.occurred_at, d.sequence
         FROM lane JOIN LATERAL (
              SELECT * FROM webhook_deliveries d
               WHERE d.webhook_id = $1 AND d.status = 'PENDING' ${due}
               ORDER BY ${order} LIMIT $3) d ON true
         JOIN outbox_events e ON e.id = d.event_id
        ORDER BY ${order}`,
      [id, lease, limit],
    );
  }

  /** Writes what came of tries. One that was replayed meanwhile keeps its new start. */
  async record(attempts: readonly AttemptRecord[]): Promise<void> {
    await this.affected(
      `UPDATE webhook_deliveries d
          SET status = r.status, attempts = r.attempts, attempted_at = now(),
              next_attempt_at = CASE WHEN r.status <> 'PENDING' THEN d.next_attempt_at
                ELSE now() + ${WAIT('r."delaySeconds"', 'r.jitter')} END,
              status_code = r."statusCode", failure = r.failure, duration_ms = r."durationMs", response = r.response,
              history = CASE WHEN jsonb_array_length(d.history) >= ${HISTORY_MAX} THEN d.history - 0 ELSE d.history END
                || jsonb_build_object('at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                     'statusCode', r."statusCode", 'failure', r.failure, 'durationMs', r."durationMs")
         FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, before int, attempts int, status text,
              "delaySeconds" float8, jitter boolean, "statusCode" int, failure text, "durationMs" int, response text)
        WHERE d.id = r.id AND d.attempts = r.before AND d.status = 'PENDING'`,
      [JSON.stringify(attempts)],
    );
  }

  /**
   * Gives an endpoint back, due again when its next delivery is. What was fanned out to it in the
   * meantime has set `due_at`, which therefore only ever moves forward here. False when it was no
   * longer this worker's: another one took it over, or its owner changed it; then only its place is
   * given back.
   */
  async release({ id, lease }: Lane, end: LaneEnd): Promise<boolean> {
    const released = await this.affected(
      `UPDATE webhooks w
          SET lease = NULL, leased_until = NULL, slow_failures = $3,
              failing_since = CASE WHEN $4::boolean IS NULL THEN failing_since
                WHEN NOT $4 THEN NULL WHEN $5 THEN now() ELSE coalesce(failing_since, now()) END,
              paused_until = CASE WHEN $6 > 0 THEN now() + make_interval(secs => $6) END,
              due_at = CASE WHEN w.status <> 'ACTIVE' THEN w.due_at
                WHEN w.ordering = 'strict' THEN least(w.due_at, ${NEXT_DUE('d.sequence')})
                ELSE least(w.due_at, ${NEXT_DUE('d.next_attempt_at')}) END
        WHERE id = $1 AND lease = $2 AND NOT lease_over`,
      [id, lease, end.slowFailures, end.failed, end.recovered, end.pauseSeconds],
    );
    if (released === 0) await this.giveBack(id, lease);
    return released === 1;
  }

  /**
   * Gives an endpoint back whose test ping was in vain, to be pinged again; false when it is not this
   * worker's to verify any more.
   */
  async unverified({ id, lease }: Lane, ping: PingRecord): Promise<boolean> {
    const released = await this.affected(
      `UPDATE webhooks
          SET lease = NULL, leased_until = NULL, status_reason = 'unverified', pings = $3, slow_failures = $4,
              due_at = now() + ${WAIT('$5::float8', '$6::boolean')}
        WHERE id = $1 AND lease = $2 AND NOT lease_over AND status = 'PENDING'`,
      [id, lease, ping.attempts, ping.slowFailures, ping.delaySeconds, ping.jitter],
    );
    return released === 1;
  }

  private async giveBack(id: string, lease: string): Promise<void> {
    await this.affected(
      'UPDATE webhooks SET lease = NULL, leased_until = NULL WHERE id = $1 AND lease = $2',
      [id, lease],
    );
  }
}
