import { Injectable } from '@nestjs/common';
import type { Page, PageRequest, Scope } from '../../../kernel';
import { Repository } from '../../../platform/database';
import type { ApiTokenEntity } from '../entities/api-token.entity';

export type NewApiToken = Omit<ApiTokenEntity, 'lastUsedAt' | 'createdAt'>;

export interface LiveApiToken {
  readonly id: string;
  readonly sellerId: string;
  readonly scopes: readonly Scope[];
}

@Injectable()
export class ApiTokensRepository extends Repository {
  /** Stores a token; null when its expiry is not in the future. */
  insert(token: NewApiToken): Promise<ApiTokenEntity | null> {
    return this.one(
      `INSERT INTO api_tokens (id, seller_id, name, token_hash, token_tail, scopes, expires_at)
       SELECT $1, $2, $3, $4, $5, $6, $7 WHERE $7::timestamptz IS NULL OR $7::timestamptz > now()
       RETURNING *`,
      [
        token.id,
        token.sellerId,
        token.name,
        token.tokenHash,
        token.tokenTail,
        token.scopes,
        token.expiresAt,
      ],
    );
  }

  /** The live token with that hash; its use is noted at most once a minute. One statement. */
  findLive(tokenHash: Buffer): Promise<LiveApiToken | null> {
    return this.one(
      `WITH live AS (
         SELECT id, seller_id, scopes, last_used_at FROM api_tokens
          WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > now())),
       stale AS (
         SELECT t.id FROM api_tokens t JOIN live ON live.id = t.id
          WHERE t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute'
            FOR NO KEY UPDATE OF t SKIP LOCKED),
       touched AS (
         UPDATE api_tokens t SET last_used_at = now() FROM stale WHERE t.id = stale.id)
       SELECT id, seller_id, scopes FROM live`,
      [tokenHash],
    );
  }

  list(sellerId: string, request: PageRequest): Promise<Page<ApiTokenEntity>> {
    return this.page(
      { table: 'api_tokens', where: ['seller_id = $1'], values: [sellerId] },
      request,
    );
  }

  /** Deletes the seller's token; gives it, or null when there is none. */
  delete(sellerId: string, id: string): Promise<ApiTokenEntity | null> {
    return this.one('DELETE FROM api_tokens WHERE seller_id = $1 AND id = $2 RETURNING *', [
      sellerId,
      id,
    ]);
  }
}
