import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { DeferredWrite, Repository } from '../../platform/database';
import type { BlacklistHit, ListedEntry } from './blacklist-list';
import type { BlacklistType, TextType } from './domain/blacklist';
import type { BlacklistEntryEntity } from './entities/blacklist-entry.entity';

export type NewEntry = Omit<BlacklistEntryEntity, 'attempts' | 'lastAttemptAt' | 'createdAt'>;
export type EntryChanges = Partial<Pick<BlacklistEntryEntity, 'reason' | 'expiresAt'>>;

/** A value that is compared as text. */
export interface TextValue {
  readonly type: TextType;
  readonly valueKey: string;
}

/** Whether an entry still stands. */
const STANDS = '(expires_at IS NULL OR expires_at > clock_timestamp())';

/** The counter stops at the end of its type rather than to fail. */
const ATTEMPTS = (more: string) =>
  `attempts = least(attempts::bigint + ${more}, 2147483647)::integer, last_attempt_at = clock_timestamp()`;

@Injectable()
export class BlacklistRepository extends Repository {
  /** Inserts the entry in the place of an expired one; null when one for the value stands. */
  insertUnlessStanding(entry: NewEntry): Promise<BlacklistEntryEntity | null> {
    return this.one(
      `INSERT INTO blacklist_entries AS e (id, app_id, type, value, value_key, reason, network, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (app_id, type, value_key) DO UPDATE
          SET id = EXCLUDED.id, value = EXCLUDED.value, reason = EXCLUDED.reason,
              network = EXCLUDED.network, expires_at = EXCLUDED.expires_at,
              attempts = 0, last_attempt_at = NULL, created_at = EXCLUDED.created_at
        WHERE e.expires_at <= clock_timestamp()
       RETURNING *`,
      [
        entry.id,
        entry.appId,
        entry.type,
        entry.value,
        entry.valueKey,
        entry.reason,
        entry.network,
        entry.expiresAt,
      ],
    );
  }

  list(
    appId: string,
    type: BlacklistType | undefined,
    request: PageRequest,
  ): Promise<Page<BlacklistEntryEntity>> {
    const where = type ? ['app_id = $1', 'type = $2'] : ['app_id = $1'];
    const values = type ? [appId, type] : [appId];
    return this.page({ table: 'blacklist_entries', where, values }, request);
  }

  /** Sets what is not undefined; null when the application has no such entry. */
  update(
    appId: string,
    id: string,
    { reason, expiresAt }: EntryChanges,
  ): Promise<BlacklistEntryEntity | null> {
    return this.one(
      `UPDATE blacklist_entries
          SET reason = CASE WHEN $3 THEN $4 ELSE reason END,
              expires_at = CASE WHEN $5 THEN $6::timestamptz ELSE expires_at END
        WHERE app_id = $1 AND id = $2 RETURNING *`,
      [appId, id, reason !== undefined, reason ?? null, expiresAt !== undefined, expiresAt ?? null],
    );
  }

  async delete(appId: string, id: string): Promise<BlacklistEntryEntity | null> {
    return this.one('DELETE FROM blacklist_entries WHERE app_id = $1 AND id = $2 RETURNING *', [
      appId,
      id,
    ]);
  }

  /** Up to `limit` entries of the application that stand. */
  standing(appId: string, limit: number): Promise<ListedEntry[]> {
    return this.rows(
      `SELECT id, type, value_key, reason, expires_at FROM blacklist_entries
        WHERE app_id = $1 AND ${STANDS} LIMIT $2`,
      [appId, limit],
    );
  }

  /**
   * The standing entries that name a client, at most one of each type: of the networks that hold
   * its address the smallest. `ip` is an address in its one spelling.
   */
  matching(
    appId: string,
    ip: string | null,
    texts: readonly TextValue[],
  ): Promise<(BlacklistHit & { readonly type: BlacklistType })[]> {
    return this.rows(
      `(SELECT e.id, e.type, e.reason FROM unnest($2::text[], $3::text[]) AS v(type, value_key)
          JOIN blacklist_entries e
            ON e.app_id = $1 AND e.type = v.type AND e.value_key = v.value_key
         WHERE ${STANDS})
       UNION ALL
       (SELECT id, type, reason FROM blacklist_entries
         WHERE app_id = $1 AND network >>= $4::inet AND ${STANDS}
         ORDER BY masklen(network) DESC LIMIT 1)`,
      [appId, texts.map(({ type }) => type), texts.map(({ valueKey }) => valueKey), ip],
    );
  }

  /** Adds refusals to an entry; nothing when it is gone by now. */
  async countAttempts(id: string, count: number): Promise<void> {
    await this.affected(`UPDATE blacklist_entries SET ${ATTEMPTS('$2')} WHERE id = $1`, [
      id,
      count,
    ]);
  }

  /** The write that adds one refusal, for the end of the caller's transaction. */
  countingAttempt(id: string): DeferredWrite {
    return (bind) => `UPDATE blacklist_entries SET ${ATTEMPTS('1')} WHERE id = ${bind(id)}`;
  }

  /** Deletes a batch of entries that expired more than `days` ago; returns how many. */
  deleteExpired(days: number): Promise<number> {
    return this.affected(
      `DELETE FROM blacklist_entries WHERE id IN (
         SELECT id FROM blacklist_entries
          WHERE expires_at < now() - make_interval(days => $1) ORDER BY expires_at LIMIT 5000)`,
      [days],
    );
  }
}
