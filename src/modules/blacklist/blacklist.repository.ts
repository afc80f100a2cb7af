import { Injectable } from '@nestjs/common';
import { offsetOf, Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { BlacklistType } from './domain/blacklist';
import { BlacklistEntryEntity } from './entities/blacklist-entry.entity';

export interface BlacklistValue {
  readonly type: BlacklistType;
  readonly valueKey: string;
}

@Injectable()
export class BlacklistRepository extends Repository {
  async insert(entry: Omit<BlacklistEntryEntity, 'createdAt'>): Promise<BlacklistEntryEntity> {
    const row = await this.one<BlacklistEntryEntity>(
      `INSERT INTO blacklist_entries (id, app_id, type, value, value_key, reason)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
      [entry.id, entry.appId, entry.type, entry.value, entry.valueKey, entry.reason],
    );
    return row!;
  }

  async list(appId: string, request: PageRequest): Promise<Page<BlacklistEntryEntity>> {
    const total = await this.manager.countBy(BlacklistEntryEntity, { appId });
    const items = await this.rows<BlacklistEntryEntity>(
      `SELECT * FROM blacklist_entries WHERE app_id = $1
        ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`,
      [appId, request.limit, offsetOf(request)],
    );
    return { items, total, ...request };
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
