import { Injectable } from '@nestjs/common';
import { DatabaseHost, Repository } from '../../platform/database';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import { SellerEntity } from './entities/seller.entity';

export interface SellerForSignIn {
  readonly allowed: boolean;
  readonly attempts: number | null;
  readonly retryAfter: number | null;
  /** Null when nobody has that address. */
  readonly id: string | null;
  readonly passwordHash: string | null;
}

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

  /** Takes one password attempt on the address and looks the seller up, in one statement. */
  async findForSignIn(emailKey: string, subject: AttemptSubject): Promise<SellerForSignIn> {
    const values: unknown[] = [emailKey];
    const reserve = this.attempts.reserveSql(subject, (value) => `$${values.push(value)}`);
    const row = await this.one<SellerForSignIn>(
      `SELECT r.allowed, r.attempts, r.retry_after, s.id, s.password_hash
         FROM ${reserve} r LEFT JOIN sellers s ON s.email_key = $1`,
      values,
    );
    return row!;
  }

  /** Sets the password unless it was changed meanwhile; tells whether it did. */
  async replacePassword(id: string, oldHash: string, newHash: string): Promise<boolean> {
    const count = await this.affected(
      'UPDATE sellers SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
      [id, oldHash, newHash],
    );
    return count === 1;
  }
}
