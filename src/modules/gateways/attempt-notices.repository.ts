import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/crypto';
import { DeferredWrite, Repository } from '../../platform/database';
import type { AttemptNotice, Channel } from './domain/attempt-notice';

/** Notices that one message tells, and where to. */
export interface NoticeBatch {
  readonly ids: readonly string[];
  readonly sellerId: string;
  readonly channel: Channel;
  readonly tries: number;
  readonly notices: readonly (AttemptNotice & { readonly at: string })[];
  /** Null when the channel was closed meanwhile. */
  readonly channelSealed: Buffer | null;
}

@Injectable()
export class AttemptNoticesRepository extends Repository {
  /** The write that queues a notice, for the end of the caller's transaction. */
  queueing(sellerId: string, channel: Channel, notice: AttemptNotice): DeferredWrite {
    return (bind) =>
      `INSERT INTO attempt_notices (id, seller_id, channel, notice)
       VALUES (${bind(newId())}, ${bind(sellerId)}, ${bind(channel)}, ${bind(JSON.stringify(notice))})`;
  }

  /**
   * Takes up to `most` due notices of one channel, for `leaseSeconds`: whoever takes them and dies
   * leaves them to the next. Null when nothing is due.
   */
  async take(most: number, leaseSeconds: number): Promise<NoticeBatch | null> {
    return this.one(
      `WITH due AS (
         SELECT seller_id, channel FROM attempt_notices WHERE next_try_at <= clock_timestamp()
          ORDER BY next_try_at LIMIT 1),
       batch AS (
         SELECT n.id FROM attempt_notices n JOIN due USING (seller_id, channel)
          WHERE n.next_try_at <= clock_timestamp()
          ORDER BY n.created_at LIMIT $1 FOR UPDATE OF n SKIP LOCKED),
       taken AS (
         UPDATE attempt_notices n
            SET tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => $2)
           FROM batch WHERE n.id = batch.id RETURNING n.*)
       SELECT array_agg(t.id ORDER BY t.created_at) AS ids, t.seller_id, t.channel, max(t.tries) AS tries,
              jsonb_agg(t.notice || jsonb_build_object('at', t.created_at) ORDER BY t.created_at) AS notices,
              CASE t.channel WHEN 'granted' THEN g.granted_channel_sealed ELSE g.refused_channel_sealed END AS channel_sealed
         FROM taken t JOIN gateways g USING (seller_id)
        GROUP BY t.seller_id, t.channel, g.granted_channel_sealed, g.refused_channel_sealed`,
      [most, leaseSeconds],
    );
  }

  async delete(ids: readonly string[]): Promise<void> {
    await this.affected('DELETE FROM attempt_notices WHERE id = ANY($1)', [ids]);
  }

  async postpone(ids: readonly string[], seconds: number): Promise<void> {
    await this.affected(
      `UPDATE attempt_notices SET next_try_at = clock_timestamp() + make_interval(secs => $2) WHERE id = ANY($1)`,
      [ids, seconds],
    );
  }
}
