import { Injectable } from '@nestjs/common';
import { newId } from '../../../platform/crypto';
import { Repository } from '../../../platform/database';

/** A request for a new password whose seller is known. */
export interface KnownRequest {
  readonly sellerId: string;
  readonly email: string;
  readonly ip: string | null;
}

@Injectable()
export class PasswordResetsRepository extends Repository {
  /** Notes that somebody asks for a new password; the same statement for every address. */
  async note(emailKey: string, ip: string | null): Promise<void> {
    await this.affected(
      `INSERT INTO password_reset_requests (id, email_key, ip) VALUES ($1, $2, $3)
       ON CONFLICT (email_key) DO UPDATE SET ip = excluded.ip`,
      [newId(), emailKey, ip],
    );
  }

  /** Takes a batch of requests, the oldest first; gives the addresses, known or not. */
  async take(limit: number): Promise<readonly { emailKey: string; ip: string | null }[]> {
    return this.rows(
      `DELETE FROM password_reset_requests WHERE id IN (
         SELECT id FROM password_reset_requests ORDER BY requested_at LIMIT $1
            FOR UPDATE SKIP LOCKED)
       RETURNING email_key, ip`,
      [limit],
    );
  }

  /** Those whose address an account has, and who were sent no mail in the last minute. */
  due(requests: readonly { emailKey: string; ip: string | null }[]): Promise<KnownRequest[]> {
    return this.rows(
      `SELECT s.id AS seller_id, s.email, r.ip
         FROM unnest($1::text[], $2::text[]) AS r(email_key, ip)
         JOIN sellers s ON s.email_key = r.email_key
        WHERE NOT EXISTS (SELECT 1 FROM password_reset_tokens t
                           WHERE t.seller_id = s.id AND t.created_at > now() - interval '1 minute')`,
      [requests.map(({ emailKey }) => emailKey), requests.map(({ ip }) => ip)],
    );
  }

  /**
   * Stores a token. Older ones stay good, or whoever asks again and again would make every mailed
   * link worthless before it is opened; as one a minute is made, they are never many.
   */
  async addToken(sellerId: string, tokenHash: Buffer, ttlSeconds: number): Promise<void> {
    await this.affected(
      `INSERT INTO password_reset_tokens (id, seller_id, token_hash, expires_at)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
      [newId(), sellerId, tokenHash, ttlSeconds],
    );
  }

  /** Whether the token could be spent now; decides nothing. */
  async isLive(tokenHash: Buffer): Promise<boolean> {
    const row = await this.one(
      'SELECT 1 FROM password_reset_tokens WHERE token_hash = $1 AND expires_at > now()',
      [tokenHash],
    );
    return row !== null;
  }

  /**
   * Spends the token, and with it all others of its seller; gives whose it was, or null when it is
   * unknown, spent or expired.
   */
  async spend(tokenHash: Buffer): Promise<string | null> {
    const row = await this.one<{ sellerId: string }>(
      `DELETE FROM password_reset_tokens WHERE token_hash = $1 AND expires_at > now()
       RETURNING seller_id`,
      [tokenHash],
    );
    if (!row) return null;
    await this.forgetOf(row.sellerId);
    return row.sellerId;
  }

  /** Makes every token of a seller worthless. */
  async forgetOf(sellerId: string): Promise<void> {
    await this.affected('DELETE FROM password_reset_tokens WHERE seller_id = $1', [sellerId]);
  }

  /** Deletes expired tokens; returns how many. */
  forgetExpired(): Promise<number> {
    return this.affected('DELETE FROM password_reset_tokens WHERE expires_at <= now()');
  }
}
