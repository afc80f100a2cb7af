import { Injectable } from '@nestjs/common';
import { newId } from '../../../platform/crypto';
import { DatabaseHost, Repository } from '../../../platform/database';
import { AttemptSubject, SignInAttempts } from '../../../platform/rate-limit';
import type { LockedSeller } from '../sellers.repository';

interface Attempt {
  readonly allowed: boolean;
  readonly retryAfter: number | null;
}

@Injectable()
export class SecondFactorRepository extends Repository {
  constructor(
    host: DatabaseHost,
    private readonly attempts: SignInAttempts,
  ) {
    super(host);
  }

  /** Takes one attempt at a code. */
  async reserveAttempt(subject: AttemptSubject): Promise<Attempt> {
    const values: unknown[] = [];
    const reserve = this.attempts.reserveSql(subject, (value) => `$${values.push(value)}`);
    return (await this.one<Attempt>(`SELECT r.allowed, r.retry_after FROM ${reserve} r`, values))!;
  }

  /** Stores a secret that is not in force yet; null when one is. Gives the account's address. */
  async propose(sellerId: string, secretSealed: Buffer): Promise<string | null> {
    const row = await this.one<{ email: string }>(
      `UPDATE sellers SET totp_secret_sealed = $2, totp_last_step = NULL
        WHERE id = $1 AND totp_confirmed_at IS NULL RETURNING email`,
      [sellerId, secretSealed],
    );
    return row && row.email;
  }

  /** The seller, locked until the transaction ends, with the database's time. */
  lock(sellerId: string): Promise<LockedSeller | null> {
    return this.one(
      `SELECT *, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
         FROM sellers WHERE id = $1 FOR NO KEY UPDATE`,
      [sellerId],
    );
  }

  /** Spends the code of a time step; false when it, or a later one, was spent before. */
  async spendStep(sellerId: string, step: number): Promise<boolean> {
    const count = await this.affected(
      `UPDATE sellers SET totp_last_step = $2
        WHERE id = $1 AND coalesce(totp_last_step, -1) < $2::bigint`,
      [sellerId, step],
    );
    return count === 1;
  }

  /** Spends a recovery code; false when there is no such code. */
  async spendRecoveryCode(sellerId: string, codeHash: Buffer): Promise<boolean> {
    const gone = await this.one(
      'DELETE FROM seller_recovery_codes WHERE seller_id = $1 AND code_hash = $2 RETURNING id',
      [sellerId, codeHash],
    );
    return gone !== null;
  }

  /** Puts the proposed secret in force, with new recovery codes. */
  async switchOn(sellerId: string, codeHashes: readonly Buffer[]): Promise<void> {
    await this.affected('UPDATE sellers SET totp_confirmed_at = now() WHERE id = $1', [sellerId]);
    await this.affected('DELETE FROM seller_recovery_codes WHERE seller_id = $1', [sellerId]);
    await this.affected(
      `INSERT INTO seller_recovery_codes (id, seller_id, code_hash)
       SELECT c.id, $1, c.code_hash FROM unnest($2::uuid[], $3::bytea[]) AS c(id, code_hash)`,
      [sellerId, codeHashes.map(() => newId()), codeHashes],
    );
  }

  async switchOff(sellerId: string): Promise<void> {
    await this.affected(
      `UPDATE sellers SET totp_secret_sealed = NULL, totp_confirmed_at = NULL, totp_last_step = NULL
        WHERE id = $1`,
      [sellerId],
    );
    await this.affected('DELETE FROM seller_recovery_codes WHERE seller_id = $1', [sellerId]);
  }
}
