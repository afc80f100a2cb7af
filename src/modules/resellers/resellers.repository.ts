import { Injectable } from '@nestjs/common';
import type { Page, PageRequest, ResellerPrincipal } from '../../kernel';
import { DatabaseHost, Repository } from '../../platform/database';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import type { ResellerEntity } from './entities/reseller.entity';

export interface ResellerForSignIn {
  readonly allowed: boolean;
  /** Tries taken, this one included. */
  readonly attempts: number;
  readonly retryAfter: number | null;
  /** Whether the reseller's last login, not long ago, came from the caller's IP address. */
  readonly knownDevice: boolean;
  /** Null when nobody has that name. */
  readonly id: string | null;
  readonly passwordHash: string | null;
}

export type NewReseller = Pick<
  ResellerEntity,
  | 'id'
  | 'appId'
  | 'username'
  | 'usernameKey'
  | 'passwordHash'
  | 'prices'
  | 'levels'
  | 'durations'
  | 'note'
>;

/** A reseller with the database's time of reading. */
export type TimedReseller = ResellerEntity & { readonly now: Date };

/** How long an IP address stays known after a login from there. */
const KNOWN_DAYS = 30;

@Injectable()
export class ResellersRepository extends Repository {
  constructor(
    host: DatabaseHost,
    private readonly attempts: SignInAttempts,
  ) {
    super(host);
  }

  async insert(reseller: NewReseller): Promise<ResellerEntity> {
    const { id, appId, username, usernameKey, passwordHash } = reseller;
    const { prices, levels, durations, note } = reseller;
    const row = await this.one<ResellerEntity>(
      `INSERT INTO resellers (id, app_id, username, username_key, password_hash, prices, levels, durations, note)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *`,
      [id, appId, username, usernameKey, passwordHash, prices, levels, durations, note],
    );
    return row!;
  }

  find(appId: string, id: string): Promise<ResellerEntity | null> {
    return this.one('SELECT * FROM resellers WHERE app_id = $1 AND id = $2', [appId, id]);
  }

  /** The reseller, locked until the transaction ends: nobody else spends, tops up or changes. */
  lock(appId: string, id: string): Promise<TimedReseller | null> {
    return this.one(
      `SELECT *, clock_timestamp() AS now FROM resellers
        WHERE app_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [appId, id],
    );
  }

  list(appId: string, request: PageRequest): Promise<Page<ResellerEntity>> {
    return this.page({ table: 'resellers', where: ['app_id = $1'], values: [appId] }, request);
  }

  /** Sets columns of a reseller that the caller holds locked. */
  update(
    id: string,
    changes: Partial<
      Pick<
        ResellerEntity,
        'status' | 'passwordHash' | 'prices' | 'levels' | 'durations' | 'note' | 'tokenEpoch'
      >
    >,
  ): Promise<ResellerEntity> {
    return this.setColumns('resellers', id, changes);
  }

  async delete(id: string): Promise<void> {
    await this.affected('DELETE FROM resellers WHERE id = $1', [id]);
  }

  /**
   * Looks the reseller up and takes one password attempt, in one statement: on the name, or on the
   * IP address if their last login came from there within `KNOWN_DAYS`.
   */
  async findForSignIn(
    appId: string,
    usernameKey: string,
    subject: AttemptSubject,
    ip: string | null,
  ): Promise<ResellerForSignIn> {
    const values: unknown[] = [appId, usernameKey, ip, KNOWN_DAYS];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const row = await this.one<ResellerForSignIn>(
      `SELECT r.allowed, r.attempts, r.retry_after, d.known_device, s.id, s.password_hash
         FROM (SELECT) here
         LEFT JOIN resellers s ON s.app_id = $1 AND s.username_key = $2
        CROSS JOIN LATERAL (
          SELECT coalesce(s.last_ip = $3 AND s.last_login_at > now() - make_interval(days => $4),
                          false) AS known_device) d
        CROSS JOIN LATERAL ${this.attempts.reserveSql(subject, bind, 'd.known_device')} r`,
      values,
    );
    return row!;
  }

  /**
   * The principal behind a token of that epoch, with the status of the application: all that a
   * request asks for, in one statement. Null when the token is worth nothing any more.
   */
  findPrincipal(
    id: string,
    epoch: number,
  ): Promise<(Omit<ResellerPrincipal, 'kind'> & { readonly appStatus: string }) | null> {
    return this.one(
      `SELECT r.id AS reseller_id, r.app_id, a.seller_id, a.status AS app_status
         FROM resellers r JOIN apps a ON a.id = r.app_id
        WHERE r.id = $1 AND r.token_epoch = $2 AND r.status = 'ACTIVE'`,
      [id, epoch],
    );
  }
}
