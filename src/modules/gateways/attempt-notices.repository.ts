import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/crypto';
import { DeferredWrite, Repository } from '../../platform/database';
import type { AttemptNotice, Channel } from './domain/attempt-notice';

/** The log channel of a seller. */
export interface ChannelOf {
  readonly sellerId: string;
  readonly channel: Channel;
}

/** Notices that one message tells, the oldest first, and where to. */
export interface NoticeBatch extends ChannelOf {
  readonly ids: readonly string[];
  /** How often each was tried, this time included. */
  readonly tries: readonly number[];
  readonly notices: readonly (AttemptNotice & { readonly at: string })[];
  /** Null when the channel was closed meanwhile. */
  readonly channelSealed: Buffer | null;
}

/** How much to take: notices of each channel, channels, and for how long. */
export interface Taking {
  readonly perChannel: number;
  readonly channels: number;
  readonly leaseSeconds: number;
}

/** The channels that have notices, found by hopping through the index: it costs what they are. */
const CHANNELS = `
  channels AS (
    (SELECT seller_id, channel FROM attempt_notices ORDER BY seller_id, channel LIMIT 1)
    UNION ALL
    SELECT n.seller_id, n.channel FROM channels c CROSS JOIN LATERAL (
      SELECT seller_id, channel FROM attempt_notices
       WHERE (seller_id, channel) > (c.seller_id, c.channel) ORDER BY seller_id, channel LIMIT 1) n)`;

/**
 * A channel's notices are told in their order, so its oldest one stands for the channel: whoever has
 * that one has the channel, and while that one waits the channel does.
 */
@Injectable()
export class AttemptNoticesRepository extends Repository {
  /** The write that queues a notice, for the end of the caller's transaction. */
  queueing(sellerId: string, channel: Channel, notice: AttemptNotice): DeferredWrite {
    return (bind) =>
      `INSERT INTO attempt_notices (id, seller_id, channel, notice)
       VALUES (${bind(newId())}, ${bind(sellerId)}, ${bind(channel)}, ${bind(JSON.stringify(notice))})`;
  }

  /**
   * Takes the oldest notices of channels that are due and not among those `served`, the longest due
   * first. Whoever takes them and dies leaves them to the next when the lease ends. A channel that
   * another process has is passed over.
   */
  take(
    { perChannel, channels, leaseSeconds }: Taking,
    served: readonly string[],
  ): Promise<NoticeBatch[]> {
    return this.rows(
      `WITH RECURSIVE ${CHANNELS},
       heads AS MATERIALIZED (
         SELECT h.id FROM channels c CROSS JOIN LATERAL (
           SELECT id, next_try_at FROM attempt_notices n
            WHERE n.seller_id = c.seller_id AND n.channel = c.channel ORDER BY created_at LIMIT 1) h
          WHERE h.next_try_at <= clock_timestamp() AND c.seller_id || ' ' || c.channel <> ALL ($4)
          ORDER BY h.next_try_at LIMIT $2),
       mine AS (
         SELECT n.seller_id, n.channel FROM attempt_notices n JOIN heads USING (id)
          WHERE n.next_try_at <= clock_timestamp() FOR UPDATE OF n SKIP LOCKED),
       batch AS (
         SELECT b.id FROM mine CROSS JOIN LATERAL (
           SELECT id FROM attempt_notices n
            WHERE n.seller_id = mine.seller_id AND n.channel = mine.channel ORDER BY created_at LIMIT $1) b),
       taken AS (
         UPDATE attempt_notices n
            SET tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => $3)
           FROM batch WHERE n.id = batch.id RETURNING n.*)
       SELECT array_agg(t.id ORDER BY t.created_at) AS ids, t.seller_id, t.channel,
              array_agg(t.tries ORDER BY t.created_at) AS tries,
              jsonb_agg(t.notice || jsonb_build_object('at', t.created_at) ORDER BY t.created_at) AS notices,
              CASE t.channel WHEN 'granted' THEN g.granted_channel_sealed ELSE g.refused_channel_sealed END AS channel_sealed
         FROM taken t JOIN gateways g USING (seller_id)
        GROUP BY t.seller_id, t.channel, g.granted_channel_sealed, g.refused_channel_sealed`,
      [perChannel, channels, leaseSeconds, served],
    );
  }

  async delete(ids: readonly string[]): Promise<void> {
    await this.affected('DELETE FROM attempt_notices WHERE id = ANY($1)', [ids]);
  }

  /** Deletes whatever waits for the channel. */
  async forget({ sellerId, channel }: ChannelOf): Promise<void> {
    await this.affected('DELETE FROM attempt_notices WHERE seller_id = $1 AND channel = $2', [
      sellerId,
      channel,
    ]);
  }

  /** Lets the channel wait. */
  async postpone({ sellerId, channel }: ChannelOf, seconds: number): Promise<void> {
    await this.affected(
      `UPDATE attempt_notices SET next_try_at = clock_timestamp() + make_interval(secs => $3)
        WHERE id = (SELECT id FROM attempt_notices
                     WHERE seller_id = $1 AND channel = $2 ORDER BY created_at LIMIT 1)`,
      [sellerId, channel, seconds],
    );
  }

  /** Deletes the newest notices beyond `most` of each channel; tells of which, and how many. */
  dropBeyond(most: number): Promise<(ChannelOf & { readonly count: number })[]> {
    return this.rows(
      `WITH RECURSIVE ${CHANNELS},
       gone AS (
         DELETE FROM attempt_notices n
          USING channels c CROSS JOIN LATERAL (
            SELECT id FROM attempt_notices o
             WHERE o.seller_id = c.seller_id AND o.channel = c.channel ORDER BY created_at OFFSET $1) x
          WHERE n.id = x.id RETURNING n.seller_id, n.channel)
       SELECT seller_id, channel, count(*)::int AS count FROM gone GROUP BY seller_id, channel`,
      [most],
    );
  }
}
