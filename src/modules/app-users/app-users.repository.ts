import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { containing, DatabaseHost, Repository } from '../../platform/database';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import { AppCounters } from '../apps';
import type { UserStatus } from './domain/app-user';
import type { AppUserEntity } from './entities/app-user.entity';

export interface UserFilter {
  readonly status?: UserStatus;
  /** Part of a user name, in its compared form. */
  readonly search?: string;
}

export interface UserForSignIn {
  readonly allowed: boolean;
  /** Tries since the last success, this one included. */
  readonly attempts: number;
  readonly retryAfter: number | null;
  /** Whether the try came from the device of the user's last login. */
  readonly knownDevice: boolean;
  /** Null when nobody has that name. */
  readonly id: string | null;
  readonly licenseId: string | null;
  readonly passwordHash: string | null;
}

@Injectable()
export class AppUsersRepository extends Repository {
  constructor(
    host: DatabaseHost,
    private readonly attempts: SignInAttempts,
    private readonly counts: AppCounters,
  ) {
    super(host);
  }

  async insert(
    user: Pick<
      AppUserEntity,
      'id' | 'appId' | 'licenseId' | 'username' | 'usernameKey' | 'passwordHash' | 'note'
    >,
  ): Promise<AppUserEntity> {
    const row = await this.one<AppUserEntity>(
      `INSERT INTO app_users (id, app_id, license_id, username, username_key, password_hash, note)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
      [
        user.id,
        user.appId,
        user.licenseId,
        user.username,
        user.usernameKey,
        user.passwordHash,
        user.note,
      ],
    );
    return row!;
  }

  find(appId: string, id: string): Promise<AppUserEntity | null> {
    return this.one('SELECT * FROM app_users WHERE app_id = $1 AND id = $2', [appId, id]);
  }

  async appOf(id: string): Promise<string | null> {
    const row = await this.one<{ appId: string }>('SELECT app_id FROM app_users WHERE id = $1', [
      id,
    ]);
    return row?.appId ?? null;
  }

  async exists(appId: string, usernameKey: string): Promise<boolean> {
    const row = await this.one('SELECT 1 FROM app_users WHERE app_id = $1 AND username_key = $2', [
      appId,
      usernameKey,
    ]);
    return row !== null;
  }

  /** The user, locked until the transaction ends: no ban, freeze or deletion can come between. */
  lock(appId: string, id: string): Promise<AppUserEntity | null> {
    return this.one('SELECT * FROM app_users WHERE app_id = $1 AND id = $2 FOR NO KEY UPDATE', [
      appId,
      id,
    ]);
  }

  lockByLicense(licenseId: string): Promise<AppUserEntity | null> {
    return this.one('SELECT * FROM app_users WHERE license_id = $1 FOR NO KEY UPDATE', [licenseId]);
  }

  /**
   * Looks the user up and takes one password attempt, in one statement: on the name, or on the
   * device of the last login if it comes from there.
   */
  async findForSignIn(
    appId: string,
    usernameKey: string,
    subject: AttemptSubject,
    hwid: string | null,
  ): Promise<UserForSignIn> {
    const values: unknown[] = [appId, usernameKey, hwid];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const row = await this.one<UserForSignIn>(
      `SELECT r.allowed, r.attempts, r.retry_after, d.known_device, u.id, u.license_id, u.password_hash
         FROM (SELECT) here
         LEFT JOIN app_users u ON u.app_id = $1 AND u.username_key = $2
        CROSS JOIN LATERAL (SELECT coalesce(u.last_hwid = $3, false) AS known_device) d
        CROSS JOIN LATERAL ${this.attempts.reserveSql(subject, bind, 'd.known_device')} r`,
      values,
    );
    return row!;
  }

  async list(
    appId: string,
    filter: UserFilter,
    request: PageRequest,
  ): Promise<Page<AppUserEntity>> {
    const values: unknown[] = [appId];
    const where = ['app_id = $1'];
    if (filter.status) where.push(`status = $${values.push(filter.status)}`);
    if (filter.search) where.push(`username_key LIKE $${values.push(containing(filter.search))}`);
    // Where nothing filters, the number is known without counting.
    const total = where.length === 1 ? (await this.counts.of(appId)).appUsers : undefined;
    return this.page({ table: 'app_users', where, values, total }, request);
  }

  /** Sets columns of a user that the caller holds locked. */
  update(
    id: string,
    changes: Partial<
      Pick<AppUserEntity, 'status' | 'banReason' | 'note' | 'passwordHash' | 'licenseId'>
    >,
  ): Promise<AppUserEntity> {
    return this.setColumns('app_users', id, changes);
  }

  /** Puts another hash in the place of `old`; false when that stands there no more. */
  async replaceHash(id: string, old: string, hash: string): Promise<boolean> {
    const count = await this.affected(
      'UPDATE app_users SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
      [id, old, hash],
    );
    return count === 1;
  }

  async currentHash(id: string): Promise<string | null> {
    const row = await this.one<{ passwordHash: string }>(
      'SELECT password_hash FROM app_users WHERE id = $1',
      [id],
    );
    return row?.passwordHash ?? null;
  }

  async delete(id: string): Promise<void> {
    await this.affected('DELETE FROM app_users WHERE id = $1', [id]);
  }
}
