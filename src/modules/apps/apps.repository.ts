import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { DatabaseHost, Repository } from '../../platform/database';
import { AppCounters, AppCounts } from './app-counters';
import type { AppSettings } from './domain/app';
import { AppEntity } from './entities/app.entity';

/** Longest the deletion of an application may take. */
const DELETE_SECONDS = 900;

@Injectable()
export class AppsRepository extends Repository {
  constructor(
    host: DatabaseHost,
    private readonly counters: AppCounters,
  ) {
    super(host);
  }

  async insert(
    app: Pick<
      AppEntity,
      'id' | 'sellerId' | 'name' | 'apiKeyHash' | 'apiKeySealed' | 'secretSealed'
    >,
  ): Promise<AppEntity> {
    const row = await this.one<AppEntity>(
      `INSERT INTO apps (id, seller_id, name, api_key_hash, api_key_sealed, secret_sealed)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
      [app.id, app.sellerId, app.name, app.apiKeyHash, app.apiKeySealed, app.secretSealed],
    );
    return row!;
  }

  find(id: string): Promise<AppEntity | null> {
    return this.one('SELECT * FROM apps WHERE id = $1', [id]);
  }

  findOwned(id: string, sellerId: string): Promise<AppEntity | null> {
    return this.one('SELECT * FROM apps WHERE id = $1 AND seller_id = $2', [id, sellerId]);
  }

  /** The seller's applications of that name, the oldest first. */
  findNamed(sellerId: string, name: string): Promise<AppEntity[]> {
    return this.rows(
      'SELECT * FROM apps WHERE seller_id = $1 AND name = $2 ORDER BY created_at, id LIMIT 100',
      [sellerId, name],
    );
  }

  /** The seller's applications, the oldest first. */
  findOfSeller(sellerId: string): Promise<AppEntity[]> {
    return this.rows('SELECT * FROM apps WHERE seller_id = $1 ORDER BY created_at, id LIMIT 100', [
      sellerId,
    ]);
  }

  /** Keeps the application from being deleted until the transaction ends; false when it is gone. */
  async hold(id: string, sellerId: string): Promise<boolean> {
    const row = await this.one(
      'SELECT 1 FROM apps WHERE id = $1 AND seller_id = $2 FOR KEY SHARE',
      [id, sellerId],
    );
    return row !== null;
  }

  async listOwned(
    sellerId: string,
    request: PageRequest,
  ): Promise<Page<AppEntity & { readonly counts: AppCounts }>> {
    const list = { table: 'apps', where: ['seller_id = $1'], values: [sellerId] };
    const page = await this.page<AppEntity>(list, request);
    const counts = await this.counters.ofEach(page.items.map(({ id }) => id));
    return { ...page, items: page.items.map((app) => ({ ...app, counts: counts.get(app.id)! })) };
  }

  /** The application whose key has this hash. */
  findByApiKey(apiKeyHash: Buffer): Promise<AppEntity | null> {
    return this.one('SELECT * FROM apps WHERE api_key_hash = $1', [apiKeyHash]);
  }

  /** Sets the given settings; null when the application is not the seller's. */
  async update(id: string, sellerId: string, changes: AppSettings): Promise<AppEntity | null> {
    const columns = Object.entries(changes).filter(([, value]) => value !== undefined);
    if (columns.length === 0) return this.findOwned(id, sellerId);
    await this.manager.update(AppEntity, { id, sellerId }, Object.fromEntries(columns));
    return this.findOwned(id, sellerId);
  }

  async replaceApiKey(
    id: string,
    sellerId: string,
    hash: Buffer,
    sealed: Buffer,
  ): Promise<boolean> {
    const count = await this.affected(
      `UPDATE apps SET api_key_hash = $3, api_key_sealed = $4, updated_at = now()
        WHERE id = $1 AND seller_id = $2`,
      [id, sellerId, hash, sealed],
    );
    return count === 1;
  }

  /** Deletes the application with everything that hangs on it: minutes, where that is a million rows. */
  async delete(id: string, sellerId: string): Promise<boolean> {
    await this.allowSlow(DELETE_SECONDS);
    const [row] = await this.slowRows<{ deleted: boolean }>(
      'SELECT delete_app($1, $2) AS deleted',
      [id, sellerId],
    );
    return row!.deleted;
  }
}
