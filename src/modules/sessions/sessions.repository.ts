import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { SessionEntity } from './entities/session.entity';

export type NewSession = Omit<SessionEntity, 'createdAt' | 'lastSeenAt' | 'endedAt' | 'endReason'>;

/** What identifies a session that was just ended. */
export interface EndedSession {
  readonly id: string;
}

/** What opening a session brought about. */
export interface Opening {
  readonly ended: readonly string[];
  /** Addresses from which the licence opened sessions within a day; null when not asked for. */
  readonly addresses: number | null;
}

/** So many of its newest sessions are looked at: a licence in one loop is no slower to open. */
const LOOKED_AT = 10_000;

/** Somebody whose program was heard of a short while ago. */
export interface OnlineClient {
  /** Null when a key signed in without a user. */
  readonly username: string | null;
  readonly lastActive: Date;
}

/** A session lives until it is ended or its last heartbeat is older than its time to live. */
const LIVE = `ended_at IS NULL AND last_seen_at + make_interval(secs => ttl_seconds) > clock_timestamp()`;

const ONLINE = `(
  SELECT coalesce(user_id, license_id) AS person, username,
         CASE WHEN id = $2 THEN clock_timestamp() ELSE last_seen_at END AS seen
    FROM sessions
   WHERE app_id = $1 AND ${LIVE}
     AND (id = $2 OR last_seen_at > clock_timestamp() - make_interval(secs => $3))) online`;

@Injectable()
export class SessionsRepository extends Repository {
  /**
   * Opens a session, ends the oldest of the same licence beyond `maxLive` and counts the addresses
   * it was opened from, in one statement. The caller holds the licence locked, so two openings
   * cannot both find room.
   */
  async insertEvictingOldest(
    session: NewSession,
    maxLive: number,
    countAddresses: boolean,
  ): Promise<Opening> {
    const opening = await this.one<Opening>(
      `WITH opened AS (
         INSERT INTO sessions (id, token_hash, token_tail, app_id, license_id, user_id, username, hwid, ip, ttl_seconds)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)),
       ended AS (
         UPDATE sessions SET ended_at = clock_timestamp(), end_reason = 'session limit'
          WHERE ended_at IS NULL AND id IN (
            SELECT id FROM sessions WHERE license_id = $5 AND ${LIVE}
             ORDER BY created_at DESC, id DESC OFFSET $11::integer - 1)
         RETURNING id)
       SELECT ARRAY(SELECT id FROM ended) AS ended,
              CASE WHEN $12 THEN (
                SELECT count(DISTINCT ip)::integer FROM (
                  (SELECT ip FROM sessions
                    WHERE license_id = $5 AND created_at > clock_timestamp() - interval '1 day'
                    ORDER BY created_at DESC LIMIT ${LOOKED_AT})
                  UNION ALL SELECT $9) used) END AS addresses`,
      [
        session.id,
        session.tokenHash,
        session.tokenTail,
        session.appId,
        session.licenseId,
        session.userId,
        session.username,
        session.hwid,
        session.ip,
        session.ttlSeconds,
        maxLive,
        countAddresses,
      ],
    );
    return opening!;
  }

  findLiveByToken(appId: string, tokenHash: Buffer): Promise<SessionEntity | null> {
    return this.one(`SELECT * FROM sessions WHERE token_hash = $2 AND app_id = $1 AND ${LIVE}`, [
      appId,
      tokenHash,
    ]);
  }

  async appOfToken(tokenHash: Buffer): Promise<string | null> {
    const row = await this.one<{ appId: string }>(
      'SELECT app_id FROM sessions WHERE token_hash = $1',
      [tokenHash],
    );
    return row?.appId ?? null;
  }

  findLive(appId: string, id: string): Promise<SessionEntity | null> {
    return this.one(`SELECT * FROM sessions WHERE id = $2 AND app_id = $1 AND ${LIVE}`, [
      appId,
      id,
    ]);
  }

  listLive(appId: string, request: PageRequest): Promise<Page<SessionEntity>> {
    return this.page({ table: 'sessions', where: ['app_id = $1', LIVE], values: [appId] }, request);
  }

  /**
   * Who was heard of within `seconds`, the latest first, and how many they are in all. Several
   * sessions of a user, or of a licence without one, are one client. The session that asks counts
   * as heard of now: its heartbeat may not be written yet.
   */
  async online(
    appId: string,
    askingId: string,
    seconds: number,
    limit: number,
  ): Promise<{ readonly count: number; readonly clients: OnlineClient[] }> {
    const rows = await this.rows<OnlineClient & { readonly count: number }>(
      `SELECT max(username) AS username, max(seen) AS last_active, (count(*) OVER ())::int AS count
         FROM ${ONLINE} GROUP BY person ORDER BY last_active DESC, person LIMIT $4`,
      [appId, askingId, seconds, limit],
    );
    return { count: rows[0]?.count ?? 0, clients: rows };
  }

  /** How many `online` would tell of. */
  async countOnline(appId: string, askingId: string, seconds: number): Promise<number> {
    const row = await this.one<{ count: number }>(
      `SELECT count(DISTINCT person)::int AS count FROM ${ONLINE}`,
      [appId, askingId, seconds],
    );
    return row!.count;
  }

  end(appId: string, id: string, reason: string): Promise<EndedSession[]> {
    return this.endWhere('app_id = $2 AND id = $3', reason, [appId, id]);
  }

  endByLicense(licenseId: string, reason: string): Promise<EndedSession[]> {
    return this.endWhere('license_id = $2', reason, [licenseId]);
  }

  endByUser(userId: string, reason: string): Promise<EndedSession[]> {
    return this.endWhere('user_id = $2', reason, [userId]);
  }

  /**
   * Writes heartbeats. A session that was ended meanwhile stays ended, and one that is being
   * ended is not waited for: there is nothing left to renew.
   */
  async touch(beats: readonly { readonly id: string; readonly seenAt: Date }[]): Promise<void> {
    await this.affected(
      `UPDATE sessions s SET last_seen_at = greatest(s.last_seen_at, b.seen_at)
         FROM (SELECT s.id, b.seen_at
                 FROM sessions s
                 JOIN unnest($1::uuid[], $2::timestamptz[]) AS b(id, seen_at) ON b.id = s.id
                WHERE s.ended_at IS NULL
                ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED) b
        WHERE s.id = b.id AND s.ended_at IS NULL`,
      [beats.map(({ id }) => id), beats.map(({ seenAt }) => seenAt)],
    );
  }

  /** Deletes a batch of sessions that ended more than `days` ago; returns how many. */
  deleteOlderThan(days: number): Promise<number> {
    return this.affected(
      `DELETE FROM sessions WHERE id IN (
         SELECT id FROM sessions
          WHERE ended_at < now() - make_interval(days => $1) ORDER BY ended_at LIMIT 5000)`,
      [days],
    );
  }

  /** Ends a batch of sessions that fell silent; they are dead already, this puts it on record. */
  endSilent(): Promise<number> {
    return this.affected(
      `UPDATE sessions SET ended_at = last_seen_at + make_interval(secs => ttl_seconds), end_reason = 'silent'
        WHERE id IN (SELECT id FROM sessions
                      WHERE ended_at IS NULL AND last_seen_at + make_interval(secs => ttl_seconds) < now() - interval '1 hour'
                      LIMIT 5000 FOR UPDATE SKIP LOCKED)`,
    );
  }

  private endWhere(
    condition: string,
    reason: string,
    values: readonly unknown[],
  ): Promise<EndedSession[]> {
    return this.rows(
      `UPDATE sessions SET ended_at = clock_timestamp(), end_reason = $1
        WHERE ${condition} AND ended_at IS NULL RETURNING id`,
      [reason, ...values],
    );
  }
}
