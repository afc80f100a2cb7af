import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { containing, DatabaseHost, DeferredWrite, Repository } from '../../platform/database';
import { AppCounters } from '../apps';
import type { LicenseStatus } from './domain/license';
import type { LicenseEntity } from './entities/license.entity';

/** A licence with the database's time of reading, by which its status is judged. */
export type TimedLicense = LicenseEntity & { readonly now: Date };

export interface LicenseFilter {
  readonly status?: LicenseStatus;
  /** Part of a key. */
  readonly search?: string;
}

/** Keys that a reseller made, and those of them that were ever used. */
export interface SoldCounts {
  readonly total: number;
  readonly used: number;
}

export type NewLicense = Pick<
  LicenseEntity,
  | 'id'
  | 'appId'
  | 'key'
  | 'durationSeconds'
  | 'level'
  | 'maxDevices'
  | 'prefix'
  | 'note'
  | 'subscription'
  | 'expiresAt'
  | 'resellerId'
  | 'resellerPrice'
  | 'staff'
  | 'maxAddresses'
  | 'discordId'
  | 'discordUsername'
  | 'discordDiscriminator'
> & { readonly activated: boolean };

/** `statusOf` of the domain, for filters. */
const HAS_STATUS: Record<LicenseStatus, string> = {
  UNUSED: 'hold IS NULL AND activated_at IS NULL AND (expires_at IS NULL OR expires_at > now())',
  USED: 'hold IS NULL AND activated_at IS NOT NULL AND (expires_at IS NULL OR expires_at > now())',
  EXPIRED: 'hold IS NULL AND expires_at <= now()',
  BANNED: "hold = 'BANNED'",
  SUSPENDED: "hold = 'SUSPENDED'",
  REVOKED: "hold = 'REVOKED'",
};

/** Longest it may take until all keys of a reseller are the seller's own. */
const RELEASE_SECONDS = 900;

const TIMED = '*, clock_timestamp() AS now';

@Injectable()
export class LicensesRepository extends Repository {
  constructor(
    host: DatabaseHost,
    private readonly counts: AppCounters,
  ) {
    super(host);
  }

  /** Inserts all in one statement. Keys that exist already are left out of the result. */
  insertNewKeys(licenses: readonly NewLicense[]): Promise<TimedLicense[]> {
    return this.rows(
      `INSERT INTO licenses (id, app_id, key, duration_seconds, level, max_devices, prefix, note, subscription, activated_at, expires_at, reseller_id, reseller_price, staff, max_addresses, discord_id, discord_username, discord_discriminator)
       SELECT n.id, n.app_id, n.key, n.duration_seconds, n.level, n.max_devices, n.prefix, n.note, n.subscription,
              CASE WHEN n.activated THEN clock_timestamp() END, n.expires_at, n.reseller_id, n.reseller_price,
              n.staff, n.max_addresses, n.discord_id, n.discord_username, n.discord_discriminator
         FROM jsonb_to_recordset($1::jsonb) AS n(
              id uuid, app_id uuid, key text, duration_seconds integer, level integer, max_devices integer,
              prefix text, note text, subscription text, activated boolean, expires_at timestamptz, reseller_id uuid, reseller_price bigint,
              staff boolean, max_addresses integer, discord_id text, discord_username text, discord_discriminator text)
       ON CONFLICT (app_id, key) DO NOTHING
       RETURNING ${TIMED}`,
      [JSON.stringify(licenses.map(snakeRow))],
    );
  }

  find(appId: string, id: string): Promise<TimedLicense | null> {
    return this.one(`SELECT ${TIMED} FROM licenses WHERE app_id = $1 AND id = $2`, [appId, id]);
  }

  findByKey(appId: string, key: string): Promise<TimedLicense | null> {
    return this.one(`SELECT ${TIMED} FROM licenses WHERE app_id = $1 AND key = $2`, [appId, key]);
  }

  /** The licence, locked until the transaction ends: nobody else can use, change or bind it. */
  async lock(appId: string, id: string): Promise<TimedLicense | null> {
    return this.one(
      `SELECT ${TIMED} FROM licenses WHERE app_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [appId, id],
    );
  }

  async lockByKey(appId: string, key: string): Promise<TimedLicense | null> {
    return this.one(
      `SELECT ${TIMED} FROM licenses WHERE app_id = $1 AND key = $2 FOR NO KEY UPDATE`,
      [appId, key],
    );
  }

  /**
   * The licence with that key among all applications of a seller, locked; that of `preferredAppId`
   * when several have the key.
   */
  lockByKeyOfSeller(
    sellerId: string,
    key: string,
    preferredAppId: string | null,
  ): Promise<TimedLicense | null> {
    return this.one(
      `SELECT l.*, clock_timestamp() AS now FROM apps a JOIN licenses l ON l.app_id = a.id
        WHERE a.seller_id = $1 AND l.key = $2
        ORDER BY l.app_id IS NOT DISTINCT FROM $3::uuid DESC, a.created_at, a.id
        LIMIT 1 FOR NO KEY UPDATE OF l`,
      [sellerId, key, preferredAppId],
    );
  }

  /** Those of the licences that exist, locked in the order of their ids: nobody can embrace. */
  lockMany(appId: string, ids: readonly string[]): Promise<TimedLicense[]> {
    return this.rows(
      `SELECT ${TIMED} FROM licenses WHERE app_id = $1 AND id = ANY($2)
        ORDER BY id FOR NO KEY UPDATE`,
      [appId, ids],
    );
  }

  /** Licences by id, for showing them beside the things that own them. */
  findMany(ids: readonly string[]): Promise<TimedLicense[]> {
    return this.rows(`SELECT ${TIMED} FROM licenses WHERE id = ANY($1)`, [ids]);
  }

  async list(
    appId: string,
    filter: LicenseFilter,
    request: PageRequest,
  ): Promise<Page<TimedLicense>> {
    const values: unknown[] = [appId];
    const where = ['app_id = $1'];
    if (filter.status) where.push(HAS_STATUS[filter.status]);
    if (filter.search) where.push(`key LIKE $${values.push(containing(filter.search))}`);
    // Where nothing filters, the number is known without counting.
    const total = where.length === 1 ? (await this.counts.of(appId)).licenses : undefined;
    return this.page({ table: 'licenses', select: TIMED, where, values, total }, request);
  }

  listOfReseller(
    resellerId: string,
    { status, search }: LicenseFilter,
    request: PageRequest,
  ): Promise<Page<TimedLicense>> {
    const values: unknown[] = [resellerId];
    const where = ['reseller_id = $1'];
    if (status) where.push(HAS_STATUS[status]);
    if (search) where.push(`key LIKE $${values.push(containing(search))}`);
    return this.page({ table: 'licenses', select: TIMED, where, values }, request);
  }

  async countOfReseller(resellerId: string): Promise<SoldCounts> {
    const row = await this.one<SoldCounts>(
      `SELECT count(*)::int AS total, count(activated_at)::int AS used
         FROM licenses WHERE reseller_id = $1`,
      [resellerId],
    );
    return row!;
  }

  /** The reseller's keys become the seller's own, however many; returns how many. */
  async releaseReseller(resellerId: string): Promise<number> {
    await this.allowSlow(RELEASE_SECONDS);
    const [row] = await this.slowRows<{ released: number }>(
      `WITH released AS (UPDATE licenses SET reseller_id = NULL WHERE reseller_id = $1 RETURNING 1)
       SELECT count(*)::int AS released FROM released`,
      [resellerId],
    );
    return row!.released;
  }

  /** Sets columns of a licence that the caller holds locked. */
  update(
    id: string,
    changes: Partial<
      Pick<
        LicenseEntity,
        | 'hold'
        | 'durationSeconds'
        | 'expiresAt'
        | 'expiryNotedAt'
        | 'level'
        | 'maxDevices'
        | 'note'
        | 'staff'
        | 'maxAddresses'
        | 'discordId'
        | 'discordUsername'
        | 'discordDiscriminator'
      >
    >,
  ): Promise<TimedLicense> {
    return this.setColumns('licenses', id, changes, TIMED);
  }

  /** Starts the clock, unless its end is fixed, of a licence that the caller holds locked and knows to be unused. */
  async activate(id: string): Promise<TimedLicense> {
    const row = await this.one<TimedLicense>(
      `UPDATE licenses SET activated_at = t.now, expires_at = coalesce(expires_at, t.now + make_interval(secs => duration_seconds))
         FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS now) t
        WHERE id = $1 AND activated_at IS NULL RETURNING licenses.*, t.now`,
      [id],
    );
    if (!row) throw new Error('a locked unused licence was activated by somebody else');
    return row;
  }

  /** Notes the expiry if it was not noted yet; tells whether this call did. */
  async noteExpiry(id: string): Promise<boolean> {
    const count = await this.affected(
      `UPDATE licenses SET expiry_noted_at = clock_timestamp()
        WHERE id = $1 AND expiry_noted_at IS NULL AND expires_at <= clock_timestamp()`,
      [id],
    );
    return count === 1;
  }

  /** The write that notes suspected sharing, for the end of the caller's transaction. */
  notingShared(id: string): DeferredWrite {
    return (bind) =>
      `UPDATE licenses SET shared_noted_at = clock_timestamp() WHERE id = ${bind(id)}`;
  }

  async markDevicesReset(id: string): Promise<void> {
    await this.affected('UPDATE licenses SET devices_reset_at = clock_timestamp() WHERE id = $1', [
      id,
    ]);
  }

  async delete(id: string): Promise<void> {
    await this.affected('DELETE FROM licenses WHERE id = $1', [id]);
  }
}

function snakeRow(license: NewLicense) {
  return {
    id: license.id,
    app_id: license.appId,
    key: license.key,
    duration_seconds: license.durationSeconds,
    level: license.level,
    max_devices: license.maxDevices,
    prefix: license.prefix,
    note: license.note,
    subscription: license.subscription,
    activated: license.activated,
    expires_at: license.expiresAt,
    reseller_id: license.resellerId,
    reseller_price: license.resellerPrice,
    staff: license.staff,
    max_addresses: license.maxAddresses,
    discord_id: license.discordId,
    discord_username: license.discordUsername,
    discord_discriminator: license.discordDiscriminator,
  };
}
