import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database';
import { AddressesRepository } from './addresses.repository';
import { DevicesRepository } from './devices.repository';
import { maskKey, normalizeKey } from './domain/license-key';
import { LicenseBooks } from './license-books';
import { License, withStatus } from './license-edits';
import { LicensesRepository, TimedLicense } from './licenses.repository';

/** The devices that a decision about a client looks at. */
export interface DeviceFacts {
  readonly bound: readonly string[];
  /** Those that were bound until the last reset. */
  readonly former: readonly string[];
}

/** A licence held locked, with what a decision about its client needs. */
export interface LockedLicense {
  readonly license: License;
  readonly now: Date;
  readonly devices: DeviceFacts;
  /** Where it was used from; null where that was not asked for. */
  readonly addresses: readonly string[] | null;
}

/** Where a licence is used from. */
export interface Use {
  readonly hwid: string | null;
  readonly ip: string | null;
}

/**
 * What happens to a licence when a client uses it. The client's life calls this after its ladder
 * has granted; the locks make two uses of one licence take turns.
 */
@Injectable()
export class LicenseAccess {
  constructor(
    private readonly transactions: Transactions,
    private readonly licenses: LicensesRepository,
    private readonly devices: DevicesRepository,
    private readonly addresses: AddressesRepository,
    private readonly books: LicenseBooks,
  ) {}

  /** The licence with that key, locked until the transaction ends; null when there is none. */
  async lockByKey(appId: string, key: string): Promise<LockedLicense | null> {
    return this.withBindings(await this.licenses.lockByKey(appId, normalizeKey(key)));
  }

  /**
   * The licence with that key in any application of the seller, locked, with its addresses; that of
   * the preferred application when several have the key.
   */
  async lockByKeyOfSeller(
    sellerId: string,
    key: string,
    preferredAppId: string | null,
  ): Promise<LockedLicense | null> {
    const row = await this.licenses.lockByKeyOfSeller(sellerId, normalizeKey(key), preferredAppId);
    return this.withBindings(row, true);
  }

  async lock(appId: string, id: string): Promise<LockedLicense | null> {
    return this.withBindings(await this.licenses.lock(appId, id));
  }

  /** The licence as it is now, unlocked: for looking, not for deciding an effect. */
  async peek(appId: string, id: string): Promise<(License & { readonly now: Date }) | null> {
    const row = await this.licenses.find(appId, id);
    return row && { ...withStatus(row), now: row.now };
  }

  async peekByKey(appId: string, key: string): Promise<License | null> {
    const row = await this.licenses.findByKey(appId, normalizeKey(key));
    return row && withStatus(row);
  }

  /** First use of a locked licence: its clock starts now. */
  async activate(license: License, use: Use): Promise<License> {
    const row = await this.licenses.activate(license.id);
    const activated = withStatus(row);
    this.transactions.announce('license', license.id);
    this.books.emit('license.activate', license.appId, activated, use);
    return activated;
  }

  /** Binds a device to a locked licence, with the commit of the open transaction. */
  bind(licenseId: string, hwid: string): void {
    this.transactions.defer(this.devices.binding(licenseId, hwid));
  }

  /** Binds an address to a locked licence, with the commit of the open transaction. */
  bindAddress(licenseId: string, address: string): void {
    this.transactions.defer(this.addresses.binding(licenseId, address));
  }

  /** Notes that the licence was found expired; the event is emitted once per expiry. */
  async noteExpiry(license: License, use: Use): Promise<void> {
    if (license.expiryNotedAt !== null) return;
    if (await this.licenses.noteExpiry(license.id)) {
      this.books.emit('license.expire', license.appId, license, use);
    }
  }

  /** Notes, with the commit of the open transaction, that sharing of a locked licence was told. */
  noteShared(licenseId: string): void {
    this.transactions.defer(this.licenses.notingShared(licenseId));
  }

  /** How a key is shown in records: never whole. */
  masked(license: License): string {
    return maskKey(license.key);
  }

  /** Addresses cost a statement: they are read where they are limited or asked for. */
  private async withBindings(
    row: TimedLicense | null,
    addressesToo = false,
  ): Promise<LockedLicense | null> {
    if (!row) return null;
    // Statements of their own, after the lock: they see what the previous holder committed.
    const devices = await this.devices.list(row.id);
    const bound = devices.filter(({ releasedAt }) => releasedAt === null);
    const read = addressesToo || row.maxAddresses > 0;
    const addresses = read ? await this.addresses.list(row.id) : null;
    const former = devices.filter(({ releasedAt }) => releasedAt !== null);
    return {
      license: withStatus(row),
      now: row.now,
      devices: { bound: bound.map(({ hwid }) => hwid), former: former.map(({ hwid }) => hwid) },
      addresses: addresses && addresses.map(({ address }) => address),
    };
  }
}
