import { Injectable } from '@nestjs/common';
import { DatabaseHost, Repository } from '../../platform/database';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import { SellerEntity } from './entities/seller.entity';

export interface SellerForSignIn {
  readonly allowed: boolean;
  readonly attempts: number | null;
  readonly retryAfter: number | null;
  /** Whether the seller signed in from the caller's IP address not long ago. */
  readonly knownDevice: boolean;
  /** Null when nobody has that address. */
  readonly id: string | null;
  readonly passwordHash: string | null;
  readonly hasSecondFactor: boolean;
}

/** A seller whose row is locked, with the database's time in Unix milliseconds. */
export type LockedSeller = SellerEntity & { readonly nowMs: number };
/** How long an IP address stays known after a sign-in from there. */
const KNOWN_DAYS = 30;

@Injectable()
export class SellersRepository extends Repository {
  constructor(
    host: DatabaseHost,
    private readonly attempts: SignInAttempts,
  ) {
    super(host);
  }

  async insert(
    seller: Pick<SellerEntity, 'id' | 'email' | 'emailKey' | 'name' | 'passwordHash'>,
  ): Promise<SellerEntity> {
    const row = await this.one<SellerEntity>(
      `INSERT INTO sellers (id, email, email_key, name, password_hash)
       VALUES ($1, $2, $3, $4, $5) RETURNING *`,
      [seller.id, seller.email, seller.emailKey, seller.name, seller.passwordHash],
    );
    return row!;
  }

  findById(id: string): Promise<SellerEntity | null> {
    return this.manager.findOneBy(SellerEntity, { id });
  }

  findByEmail(emailKey: string): Promise<SellerEntity | null> {
    return this.manager.findOneBy(SellerEntity, { emailKey });
  }

  /**
   * Looks the seller up and takes one password attempt, in one statement: on the e-mail address, or
   * on the IP address if the seller signed in from there within `KNOWN_DAYS`.
   */
  async findForSignIn(
    emailKey: string,
    subject: AttemptSubject,
    ip: string | null,
  ): Promise<SellerForSignIn> {
    const values: unknown[] = [emailKey, ip, KNOWN_DAYS];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const row = await this.one<SellerForSignIn>(
      `SELECT r.allowed, r.attempts, r.retry_after, d.known_device, s.id, s.password_hash,
              s.totp_confirmed_at IS NOT NULL AS has_second_factor
         FROM (SELECT) here
         LEFT JOIN sellers s ON s.email_key = $1
        CROSS JOIN LATERAL (
          SELECT EXISTS (SELECT 1 FROM seller_sessions
                          WHERE seller_id = s.id AND ip = $2
                            AND created_at > now() - make_interval(days => $3)) AS known_device) d
        CROSS JOIN LATERAL ${this.attempts.reserveSql(subject, bind, 'd.known_device')} r`,
      values,
    );
    return row!;
  }

  /** Sets the password unless it was changed meanwhile; gives the seller if it did. */
  replacePassword(id: string, oldHash: string, newHash: string): Promise<SellerEntity | null> {
    return this.one(
      'UPDATE sellers SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING *',
      [id, oldHash, newHash],
    );
  }

  /**
   * The seller, locked until the transaction ends, if that is still the password: a new one that
   * is being set waits, or has been set.
   */
  lockVerified(id: string, passwordHash: string): Promise<LockedSeller | null> {
    return this.one(
      `SELECT *, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
         FROM sellers WHERE id = $1 AND password_hash = $2 FOR NO KEY UPDATE`,
      [id, passwordHash],
    );
  }

  /** Sets the password, whatever it was. */
  setPassword(id: string, passwordHash: string): Promise<SellerEntity | null> {
    return this.one('UPDATE sellers SET password_hash = $2 WHERE id = $1 RETURNING *', [
      id,
      passwordHash,
    ]);
  }

  /** Sets the plan of the account with that address; null when there is none. */
  setPlan(emailKey: string, plan: string): Promise<SellerEntity | null> {
    return this.one('UPDATE sellers SET plan = $2 WHERE email_key = $1 RETURNING *', [
      emailKey,
      plan,
    ]);
  }
}
