import { Injectable } from '@nestjs/common';
import { nameKey, Page, PageRequest } from '../../kernel';
import { newId } from '../../platform/crypto';
import { DeferredWrite, Repository } from '../../platform/database';
import type { Attempt, DayOfAttempts } from './domain/attempt';
import type { AuthAttemptEntity } from './entities/auth-attempt.entity';

/** How a key is kept: to be found by, and to be shown. */
export interface KeptKey {
  readonly hash: Buffer;
  readonly masked: string;
}

/** An attempt that is written later: with the time at which it was made. */
export interface AttemptRow {
  readonly attempt: Attempt;
  readonly key: KeptKey | null;
  readonly at: Date;
}

/** A filter with the key as it is kept. */
export interface StoredFilter {
  readonly appId?: string;
  readonly wire?: string;
  readonly outcome?: 'granted' | 'refused';
  readonly keyHash?: Buffer;
  readonly hwid?: string;
  readonly address?: string;
  readonly username?: string;
  readonly requestId?: string;
}

/** Longest the making and dropping of days may take. */
const KEEP_DAYS_SECONDS = 900;

@Injectable()
export class AttemptsRepository extends Repository {
  /** The write that keeps an attempt, for the end of the caller's transaction. */
  keeping(attempt: Attempt, key: KeptKey | null): DeferredWrite {
    const { origin } = attempt;
    const values = [
      newId(),
      attempt.sellerId,
      attempt.appId,
      attempt.wire,
      attempt.action,
      attempt.outcome,
      attempt.licenseId ?? null,
      key?.hash ?? null,
      key?.masked ?? null,
      attempt.username ?? null,
      usernameKey(attempt),
      attempt.hwid ?? null,
      attempt.address ?? null,
      origin.ip,
      origin.userAgent,
      origin.requestId,
      JSON.stringify(attempt.facts ?? {}),
    ];
    return (bind) =>
      `INSERT INTO auth_attempts (id, seller_id, app_id, wire, action, outcome, license_id, key_hash, masked_key,
                                  username, username_key, hwid, address, ip, user_agent, request_id, facts)
       VALUES (${values.map(bind).join(', ')})`;
  }

  /** Writes attempts of sellers and applications that still exist. */
  async insert(rows: readonly AttemptRow[]): Promise<void> {
    const records = rows.map(({ attempt, key, at }) => ({
      id: newId(),
      created_at: at,
      seller_id: attempt.sellerId,
      app_id: attempt.appId,
      wire: attempt.wire,
      action: attempt.action,
      outcome: attempt.outcome,
      license_id: attempt.licenseId ?? null,
      key_hash: key && `\\x${key.hash.toString('hex')}`,
      masked_key: key?.masked ?? null,
      username: attempt.username ?? null,
      username_key: usernameKey(attempt),
      hwid: attempt.hwid ?? null,
      address: attempt.address ?? null,
      ip: attempt.origin.ip,
      user_agent: attempt.origin.userAgent,
      request_id: attempt.origin.requestId,
      facts: attempt.facts ?? {},
    }));
    await this.affected(
      `INSERT INTO auth_attempts SELECT r.* FROM jsonb_populate_recordset(NULL::auth_attempts, $1) r
         JOIN sellers s ON s.id = r.seller_id LEFT JOIN apps a ON a.id = r.app_id
        WHERE r.app_id IS NULL OR a.id IS NOT NULL`,
      [JSON.stringify(records)],
    );
  }

  list(
    sellerId: string,
    { appId, wire, outcome, keyHash, hwid, address, username, requestId }: StoredFilter,
    request: PageRequest,
  ): Promise<Page<AuthAttemptEntity>> {
    const values: unknown[] = [sellerId];
    const where = ['seller_id = $1'];
    if (appId) where.push(`app_id = $${values.push(appId)}`);
    if (wire) where.push(`wire = $${values.push(wire)}`);
    if (outcome) where.push(`outcome ${outcome === 'granted' ? '=' : '<>'} 'granted'`);
    if (keyHash) where.push(`key_hash = $${values.push(keyHash)}`);
    if (hwid) where.push(`hwid = $${values.push(hwid)}`);
    if (address) where.push(`address = $${values.push(address)}`);
    if (username) where.push(`username_key = $${values.push(nameKey(username))}`);
    if (requestId) where.push(`request_id = $${values.push(requestId)}`);
    return this.page({ table: 'auth_attempts', where, values }, request);
  }

  /** The last `days` days (UTC) of an application that saw an attempt on that wire, the newest first. */
  perDay(appId: string, wire: string, days: number): Promise<DayOfAttempts[]> {
    return this.rows(
      `SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*)::int AS attempts,
              (count(*) FILTER (WHERE outcome = 'granted'))::int AS successes,
              count(DISTINCT address)::int AS distinct_addresses,
              count(DISTINCT hwid)::int AS distinct_hwids
         FROM auth_attempts
        WHERE app_id = $1 AND wire = $2
          AND created_at >= ((now() AT TIME ZONE 'UTC')::date - ($3::int - 1))::timestamp AT TIME ZONE 'UTC'
        GROUP BY day ORDER BY day DESC`,
      [appId, wire, days],
    );
  }

  /**
   * Makes room for the days ahead and drops those past `keepDays`; returns how many it dropped. After
   * a long rest there may be many rows to move.
   */
  async keepDays(keepDays: number, ahead: number): Promise<number> {
    await this.allowSlow(KEEP_DAYS_SECONDS);
    const [row] = await this.slowRows<{ dropped: number }>(
      'SELECT keep_attempt_days($1, $2) AS dropped',
      [keepDays, ahead],
    );
    return row!.dropped;
  }
}

/** Names are compared as those of users are. */
function usernameKey({ username }: Attempt): string | null {
  return username == null ? null : nameKey(username);
}
