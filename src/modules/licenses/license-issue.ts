import { Injectable } from '@nestjs/common';
import { newId, randomText } from '../../platform/crypto';
import type { OwnedApp } from '../apps';
import { PlanLimits } from '../plans';
import { makeKey } from './domain/license-key';
import { License, withStatus } from './license-edits';
import { LicensesRepository, NewLicense, TimedLicense } from './licenses.repository';

/** What a generated licence is worth. */
export interface LicenseTerms {
  /** Seconds from first use; null is for ever. */
  readonly durationSeconds: number | null;
  readonly level: number;
  readonly maxDevices: number;
  readonly prefix: string | null;
  readonly note: string | null;
  readonly subscription: string | null;
}

/** The instant until which a licence that is handed out in use already lasts. */
export interface InUse {
  readonly expiresAt: Date | null;
}

/** Who makes keys from a balance, and the credits each of them costs. */
export interface Resale {
  readonly resellerId: string;
  readonly price: number;
}

const KEY_DRAWS = 5;

/** Makes new licences, whoever they are for, inside the caller's transaction. */
@Injectable()
export class LicenseIssue {
  constructor(
    private readonly licenses: LicensesRepository,
    private readonly plans: PlanLimits,
  ) {}

  /** Makes `count` licences with new keys, all in one statement. @throws PLAN_LIMIT_REACHED */
  async make(
    app: OwnedApp,
    terms: LicenseTerms,
    count: number,
    special: { readonly inUse?: InUse; readonly resale?: Resale } = {},
  ): Promise<License[]> {
    await this.plans.reserve(app.sellerId, 'keys', count);
    const made: TimedLicense[] = [];
    // A drawn key that exists already is astronomically rare with 60 bits or more; draw again.
    for (let draw = 0; made.length < count && draw < KEY_DRAWS; draw++) {
      const rows = Array.from({ length: count - made.length }, (): NewLicense => ({
        ...terms,
        id: newId(),
        appId: app.id,
        key: makeKey(app.keyFormat, terms.prefix, randomText),
        prefix: terms.prefix?.toUpperCase() ?? null,
        activated: special.inUse !== undefined,
        expiresAt: special.inUse?.expiresAt ?? null,
        resellerId: special.resale?.resellerId ?? null,
        resellerPrice: special.resale ? String(special.resale.price) : null,
      }));
      made.push(...(await this.licenses.insertNewKeys(rows)));
    }
    if (made.length < count) throw new Error('could not draw enough new keys');
    return made.map(withStatus);
  }
}
