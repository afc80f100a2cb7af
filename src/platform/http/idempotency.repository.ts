import { Injectable } from '@nestjs/common';
import { KeyRing } from '../crypto';
import { DatabaseHost, gaveUpWaiting, Repository } from '../database';
import { keyInUse } from './idempotency.errors';

interface Remembered {
  readonly requestHash: Buffer;
  readonly answer: string;
}

/** Answers remembered under the caller's keys, for 24 hours. */
@Injectable()
export class IdempotencyStore extends Repository {
  constructor(
    host: DatabaseHost,
    private readonly keys: KeyRing,
  ) {
    super(host);
  }

  /** What tells two requests apart. Keyed, for a body may hold a password. */
  digest(scope: string, request: readonly unknown[]): Buffer {
    return this.keys.mac('idempotent-request', scope, JSON.stringify(request));
  }

  /**
   * Takes the key for this request; false when an earlier request has it. Waits for one that is
   * still under way: it either commits, then its answer stands, or the key is free again.
   * @throws IDEMPOTENCY_KEY_IN_USE when that takes too long
   */
  async claim(scope: string, key: string, requestHash: Buffer): Promise<boolean> {
    const rows = await this.rows(
      `INSERT INTO idempotency_keys AS k (scope, key, request_hash) VALUES ($1, $2, $3)
       ON CONFLICT (scope, key) DO UPDATE
          SET request_hash = excluded.request_hash, answer = NULL, created_at = now()
        WHERE k.created_at < now() - interval '24 hours'
       RETURNING scope`,
      [scope, key, requestHash],
    ).catch((error: unknown) => {
      throw gaveUpWaiting(error) ? keyInUse() : error;
    });
    return rows.length === 1;
  }

  /** Whether an earlier request has the key, as far as can be told without waiting for it. */
  async holds(scope: string, key: string): Promise<boolean> {
    const rows = await this.rows('SELECT 1 FROM idempotency_keys WHERE scope = $1 AND key = $2', [
      scope,
      key,
    ]);
    return rows.length === 1;
  }

  /** Keeps the answer, encrypted: it may hold an API key. */
  async remember(scope: string, key: string, answer: string): Promise<void> {
    await this.rows('UPDATE idempotency_keys SET answer = $3 WHERE scope = $1 AND key = $2', [
      scope,
      key,
      this.keys.seal(answer, `${scope} ${key}`),
    ]);
  }

  /** Gives a key that this request took back: the next request with it is judged anew. */
  async release(scope: string, key: string): Promise<void> {
    await this.affected('DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2', [scope, key]);
  }

  async recall(scope: string, key: string): Promise<Remembered> {
    const row = await this.one<{ requestHash: Buffer; answer: Buffer }>(
      'SELECT request_hash, answer FROM idempotency_keys WHERE scope = $1 AND key = $2',
      [scope, key],
    );
    if (!row) throw new Error('an idempotency key vanished while it was held');
    const { requestHash, answer } = row;
    return { requestHash, answer: this.keys.open(answer, `${scope} ${key}`) };
  }

  /** Deletes a batch of answers that nobody may ask for any more; returns how many. */
  forgetOld(): Promise<number> {
    return this.affected(
      `DELETE FROM idempotency_keys WHERE (scope, key) IN (
         SELECT scope, key FROM idempotency_keys
          WHERE created_at < now() - interval '24 hours' ORDER BY created_at LIMIT 5000)`,
    );
  }
}
