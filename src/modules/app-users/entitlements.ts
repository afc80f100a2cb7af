import { Injectable } from '@nestjs/common';
import { addSeconds, DAY_SECONDS } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import type { OwnedApp } from '../apps';
import { License, LicenseEdits, LicensesService, LicenseTerms } from '../licenses';
import { PlanLimits } from '../plans';
import { AppUsersRepository } from './app-users.repository';
import type { AppUserEntity } from './entities/app-user.entity';

/** A user together with the licence that entitles them; null when it was deleted. */
export interface AppUser extends Omit<AppUserEntity, 'passwordHash' | 'usernameKey'> {
  readonly license: License | null;
  /** First bound device. */
  readonly hwid: string | null;
}

type Terms = Pick<LicenseTerms, 'level' | 'maxDevices' | 'subscription'>;

const PLAIN: Terms = { level: 1, maxDevices: 1, subscription: null };

/**
 * The licences behind users whom the seller created without a key. Every user is entitled by a
 * licence, so that level, expiry, devices and holds have one home. All of it runs inside the
 * caller's transaction.
 */
@Injectable()
export class Entitlements {
  constructor(
    private readonly licenses: LicensesService,
    private readonly edits: LicenseEdits,
    private readonly users: AppUsersRepository,
    private readonly clock: DatabaseClock,
    private readonly plans: PlanLimits,
  ) {}

  /** Makes room for one more user under the seller's plan. @throws PLAN_LIMIT_REACHED */
  admit(app: OwnedApp): Promise<void> {
    return this.plans.reserve(app.sellerId, 'users', 1);
  }

  /** A licence in use from now until `expiresAt` (null is for ever). */
  issue(app: OwnedApp, username: string, terms: Terms, expiresAt: Date | null): Promise<License> {
    const { level, maxDevices, subscription } = terms;
    const note = `Issued with user ${username}`;
    const all = { level, maxDevices, subscription, note, prefix: null, durationSeconds: null };
    return this.licenses.issueInUse(app, all, { expiresAt });
  }

  /** Locks the user's licence, if there is one, until the transaction ends. */
  async hold(app: OwnedApp, user: AppUserEntity): Promise<void> {
    if (user.licenseId) await this.edits.lock(app.id, user.licenseId);
  }

  /** Adds days; a user whose licence was deleted gets a new one for that long. */
  async extend(app: OwnedApp, user: AppUserEntity, days: number): Promise<void> {
    if (user.licenseId) {
      await this.edits.extend(await this.edits.lock(app.id, user.licenseId), days);
    } else {
      const now = new Date(this.clock.nowMs());
      await this.replace(app, user, addSeconds(now, days * DAY_SECONDS));
    }
  }

  /** Sets level and expiry, those that are given; a deleted licence is replaced. */
  async set(
    app: OwnedApp,
    user: AppUserEntity,
    { level, expiresAt }: { readonly level?: number; readonly expiresAt?: Date | null },
  ): Promise<void> {
    if (level === undefined && expiresAt === undefined) return;
    const id = user.licenseId ?? (await this.replace(app, user, null)).id;
    const license = await this.edits.lock(app.id, id);
    if (level !== undefined) await this.edits.change(license, { level });
    if (expiresAt !== undefined) await this.edits.setExpiry(license, expiresAt);
  }

  /** Releases the devices; returns how many. */
  async resetDevices(app: OwnedApp, user: AppUserEntity): Promise<number> {
    if (!user.licenseId) return 0;
    return this.edits.resetDevices(await this.edits.lock(app.id, user.licenseId));
  }

  /** Users with their licences; two statements for any number. */
  async attach(users: readonly AppUserEntity[]): Promise<AppUser[]> {
    const ids = users.flatMap(({ licenseId }) => (licenseId ? [licenseId] : []));
    const licenses = await this.licenses.getMany(ids);
    return users.map((user) => {
      const license = user.licenseId ? (licenses.get(user.licenseId) ?? null) : null;
      return { ...user, license, hwid: license?.firstHwid ?? null };
    });
  }

  private async replace(
    app: OwnedApp,
    user: AppUserEntity,
    expiresAt: Date | null,
  ): Promise<License> {
    const license = await this.issue(app, user.username, PLAIN, expiresAt);
    await this.users.update(user.id, { licenseId: license.id });
    return license;
  }
}
