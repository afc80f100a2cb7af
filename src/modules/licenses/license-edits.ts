import { Injectable } from '@nestjs/common';
import { DomainErrorDetails, Verdict } from '../../kernel';
import { Transactions } from '../../platform/database';
import { SessionsService } from '../sessions';
import { AddressesRepository } from './addresses.repository';
import { DevicesRepository } from './devices.repository';
import { extension, fixedEnd, LicenseStatus, statusOf, WrongStatus } from './domain/license';
import { LicenseErrors } from './domain/licenses.errors';
import type { LicenseEntity } from './entities/license.entity';
import { LicensesRepository, TimedLicense } from './licenses.repository';

export type License = LicenseEntity & { readonly status: LicenseStatus };
export type LicenseChanges = Partial<
  Pick<
    LicenseEntity,
    | 'note'
    | 'level'
    | 'maxDevices'
    | 'staff'
    | 'maxAddresses'
    | 'discordId'
    | 'discordUsername'
    | 'discordDiscriminator'
  >
>;

/**
 * Changes of one licence inside the caller's transaction, without a record of their own: the use
 * case that asks for them writes the one record. Each takes the licence locked.
 */
@Injectable()
export class LicenseEdits {
  constructor(
    private readonly transactions: Transactions,
    private readonly licenses: LicensesRepository,
    private readonly devices: DevicesRepository,
    private readonly sessions: SessionsService,
    private readonly addresses: AddressesRepository,
  ) {}

  /** Locks the licence until the transaction ends. @throws LICENSE_NOT_FOUND */
  async lock(appId: string, id: string): Promise<TimedLicense> {
    return found(await this.licenses.lock(appId, id));
  }

  /** Locks several licences, those that exist, in the one order in which everybody does. */
  async lockMany(
    appId: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, TimedLicense>> {
    const locked = await this.licenses.lockMany(appId, ids);
    return new Map(locked.map((license) => [license.id, license]));
  }

  /** Adds days where the status allows it (D-A13); null where it does not. */
  async extendIfAllowed(license: TimedLicense, days: number): Promise<License | null> {
    const verdict = extension(license, days, license.now);
    return verdict.granted ? this.setLife(license, verdict.value) : null;
  }

  /** Adds days (D-A13). @throws LICENSE_WRONG_STATUS */
  extend(license: TimedLicense, days: number): Promise<License> {
    return this.setLife(license, allowed(extension(license, days, license.now)));
  }

  /** Sets the expiry, of an unused licence its fixed end; null is for ever. */
  setExpiry(license: TimedLicense, expiresAt: Date | null): Promise<License> {
    const { activatedAt, now } = license;
    return this.setLife(license, activatedAt ? { expiresAt } : fixedEnd(expiresAt, now));
  }

  async change(license: TimedLicense, changes: LicenseChanges): Promise<License> {
    this.transactions.announce('license', license.id);
    return withStatus(await this.licenses.update(license.id, changes));
  }

  /** Releases every bound device; returns how many. */
  async resetDevices(license: TimedLicense): Promise<number> {
    const released = await this.devices.releaseAll(license.id);
    if (released > 0) await this.licenses.markDevicesReset(license.id);
    return released;
  }

  /** Forgets every address it was used from; returns how many. */
  resetAddresses(license: TimedLicense): Promise<number> {
    return this.addresses.forgetAll(license.id);
  }

  /** Ends every session of the licence; returns how many. */
  endSessions(licenseId: string, reason: string): Promise<number> {
    return this.sessions.endForLicense(licenseId, reason);
  }

  private async setLife(
    license: TimedLicense,
    life: { durationSeconds?: number | null; expiresAt: Date | null },
  ): Promise<License> {
    // A licence that was expired and lives again must be told anew when it next expires.
    const changed = await this.licenses.update(license.id, { ...life, expiryNotedAt: null });
    this.transactions.announce('license', license.id);
    return withStatus(changed);
  }
}

export function withStatus(license: TimedLicense): License {
  return { ...license, status: statusOf(license, license.now) };
}

export function found(license: TimedLicense | null): TimedLicense {
  if (!license) throw LicenseErrors.LICENSE_NOT_FOUND();
  return license;
}

/** The granted value. @throws LICENSE_WRONG_STATUS naming the status */
export function allowed<T>(verdict: Verdict<T, 'LICENSE_WRONG_STATUS'>): T {
  if (verdict.granted) return verdict.value;
  const { verb, status } = verdict.facts as unknown as WrongStatus;
  const details: DomainErrorDetails = { message: `Cannot ${verb} a license that is ${status}` };
  throw LicenseErrors.LICENSE_WRONG_STATUS(details);
}
