import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { BlacklistType } from './domain/blacklist';
import type { BlacklistEntryEntity } from './entities/blacklist-entry.entity';

export interface BlacklistValue {
  readonly type: BlacklistType;
  readonly valueKey: string;
}

@Injectable()
export class BlacklistRepository extends Repository {
  async insert(
    entry: Pick<BlacklistEntryEntity, 'id' | 'appId' | 'type' | 'value' | 'valueKey' | 'reason'>,
  ): Promise<BlacklistEntryEntity> {
    const row = await this.one<BlacklistEntryEntity>(
      `INSERT INTO blacklist_entries (id, app_id, type, value, value_key, reason)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
      [entry.id, entry.appId, entry.type, entry.value, entry.valueKey, entry.reason],
    );
    return row!;
  }

  list(appId: string, request: PageRequest): Promise<Page<BlacklistEntryEntity>> {
    return this.page(
      { table: 'blacklist_entries', where: ['app_id = $1'], values: [appId] },
      request,
    );
  }

  async delete(appId: string, id: string): Promise<BlacklistEntryEntity | null> {
    return this.one('DELETE FROM blacklist_entries WHERE app_id = $1 AND id = $2 RETURNING *', [
      appId,
      id,
    ]);
  }

  /** Up to `limit` values of the application. */
  values(appId: string, limit: number): Promise<BlacklistValue[]> {
    return this.rows('SELECT type, value_key FROM blacklist_entries WHERE app_id = $1 LIMIT $2', [
      appId,
      limit,
    ]);
  }

  /** Those of the given values that are on the list. */
  matching(appId: string, values: readonly BlacklistValue[]): Promise<BlacklistValue[]> {
    return this.rows(
      `SELECT e.type, e.value_key FROM blacklist_entries e
         JOIN unnest($2::text[], $3::text[]) AS v(type, value_key)
           ON v.type = e.type AND v.value_key = e.value_key
        WHERE e.app_id = $1`,
      [appId, values.map(({ type }) => type), values.map(({ valueKey }) => valueKey)],
    );
  }
}
