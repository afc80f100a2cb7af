import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { DeferredWrite, Repository } from '../../platform/database';
import type { BlacklistHit, ListedEntry } from './blacklist-list';
import type { BlacklistType, TextType } from './domain/blacklist';
import type { BlacklistEntryEntity } from './entities/blacklist-entry.entity';

export type NewEntry = Omit<BlacklistEntryEntity, 'attempts' | 'lastAttemptAt' | 'createdAt'>;
export type EntryChanges = Partial<Pick<BlacklistEntryEntity, 'reason' | 'expiresAt'>>;

/** An application; with the id null, all of the seller's. */
export interface Scope {
  readonly id: string | null;
  readonly sellerId: string;
}

/** The column and the id by which the entries of exactly that scope are found. */
const owner = ({ id, sellerId }: Scope) =>
  id === null ? (['seller_id', sellerId] as const) : (['app_id', id] as const);

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
      `INSERT INTO blacklist_entries AS e (id, app_id, type, value, value_key, reason, network, expires_at, seller_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT ${entry.appId === null ? '(seller_id, type, value_key) WHERE seller_id IS NOT NULL' : '(app_id, type, value_key)'} DO UPDATE
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
        entry.sellerId,
      ],
    );
  }

  list(
    scope: Scope,
    type: BlacklistType | undefined,
    request: PageRequest,
  ): Promise<Page<BlacklistEntryEntity>> {
    const [column, id] = owner(scope);
    const where = type ? [`${column} = $1`, 'type = $2'] : [`${column} = $1`];
    const values = type ? [id, type] : [id];
    return this.page({ table: 'blacklist_entries', where, values }, request);
  }

  /** Sets what is not undefined; null when the scope has no such entry. */
  update(
    scope: Scope,
    id: string,
    { reason, expiresAt }: EntryChanges,
  ): Promise<BlacklistEntryEntity | null> {
    const [column, ownerId] = owner(scope);
    return this.one(
      `UPDATE blacklist_entries
          SET reason = CASE WHEN $3 THEN $4 ELSE reason END,
              expires_at = CASE WHEN $5 THEN $6::timestamptz ELSE expires_at END
        WHERE ${column} = $1 AND id = $2 RETURNING *`,
      [
        ownerId,
        id,
        reason !== undefined,
        reason ?? null,
        expiresAt !== undefined,
        expiresAt ?? null,
      ],
    );
  }

  delete(scope: Scope, id: string): Promise<BlacklistEntryEntity | null> {
    const [column, ownerId] = owner(scope);
    return this.one(`DELETE FROM blacklist_entries WHERE ${column} = $1 AND id = $2 RETURNING *`, [
      ownerId,
      id,
    ]);
  }

  /** Up to `limit` standing entries of each owner, which is an application or a seller. */
  standing(
    owners: readonly string[],
    limit: number,
  ): Promise<(ListedEntry & { readonly owner: string })[]> {
    return this.rows(
      `SELECT o.id AS owner, e.* FROM unnest($1::uuid[]) AS o(id), LATERAL (
         SELECT id, type, value_key, reason, expires_at FROM blacklist_entries
          WHERE (app_id = o.id OR seller_id = o.id) AND ${STANDS} LIMIT $2) e`,
      [owners, limit],
    );
  }

  /**
   * The standing entries that name a client, of any of the owners: of the networks that hold its
   * address the smallest. `ip` is an address in its one spelling.
   */
  matching(
    owners: readonly string[],
    ip: string | null,
    texts: readonly TextValue[],
  ): Promise<(BlacklistHit & { readonly type: BlacklistType })[]> {
    return this.rows(
      `(SELECT e.id, e.type, e.reason FROM unnest($2::text[], $3::text[]) AS v(type, value_key)
          JOIN blacklist_entries e
            ON (e.app_id = ANY($1) OR e.seller_id = ANY($1)) AND e.type = v.type AND e.value_key = v.value_key
         WHERE ${STANDS})
       UNION ALL
       (SELECT id, type, reason FROM blacklist_entries
         WHERE (app_id = ANY($1) OR seller_id = ANY($1)) AND network >>= $4::inet AND ${STANDS}
         ORDER BY masklen(network) DESC LIMIT 1)`,
      [owners, texts.map(({ type }) => type), texts.map(({ valueKey }) => valueKey), ip],
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
