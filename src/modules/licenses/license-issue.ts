import { Injectable } from '@nestjs/common';
import type { KeyShape } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import { newId, randomText } from '../../platform/crypto';
import type { OwnedApp } from '../apps';
import { PlanLimits } from '../plans';
import { shapedKey } from './domain/key-shape';
import { fixedEnd } from './domain/license';
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
  /** Its end is fixed, whenever it is first used; absent or null: its clock starts at first use. */
  readonly endsAt?: Date | null;
  readonly staff?: boolean;
  /** 0, as when absent, is no limit. */
  readonly maxAddresses?: number;
  readonly owner?: DiscordOwner | null;
}

/** The Discord account of a licence's owner. */
export interface DiscordOwner {
  readonly discordId: string | null;
  readonly discordUsername: string | null;
  /** Four digits, for accounts that still have them. */
  readonly discordDiscriminator: string | null;
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

interface Special {
  readonly inUse?: InUse;
  readonly resale?: Resale;
  /** The shape of the keys, where it is not the application's. */
  readonly shape?: KeyShape;
}

const KEY_DRAWS = 5;

/** Makes new licences, whoever they are for, inside the caller's transaction. */
@Injectable()
export class LicenseIssue {
  constructor(
    private readonly licenses: LicensesRepository,
    private readonly plans: PlanLimits,
    private readonly clock: DatabaseClock,
  ) {}

  /** Makes `count` licences with new keys, all in one statement. @throws PLAN_LIMIT_REACHED */
  async make(
    app: OwnedApp,
    terms: LicenseTerms,
    count: number,
    special: Special = {},
  ): Promise<License[]> {
    if (special.resale) await this.plans.reserveForOthers(app.sellerId, 'keys', count);
    else await this.plans.reserve(app.sellerId, 'keys', count);
    const made: TimedLicense[] = [];
    const { endsAt } = terms;
    const fixed = endsAt ? fixedEnd(endsAt, new Date(this.clock.nowMs())) : null;
    const lasting = fixed ? { ...terms, durationSeconds: fixed.durationSeconds } : terms;
    // A drawn key that exists already is astronomically rare with 60 bits or more; draw again.
    for (let draw = 0; made.length < count && draw < KEY_DRAWS; draw++) {
      const rows = Array.from({ length: count - made.length }, () => newRow(app, lasting, special));
      made.push(...(await this.licenses.insertNewKeys(rows)));
    }
    if (made.length < count) throw new Error('could not draw enough new keys');
    return made.map(withStatus);
  }
}

function newRow(app: OwnedApp, terms: LicenseTerms, { inUse, resale, shape }: Special): NewLicense {
  const { durationSeconds, level, maxDevices, note, subscription, owner } = terms;
  return {
    id: newId(),
    appId: app.id,
    key: shape ? shapedKey(shape, randomText) : makeKey(app.keyFormat, terms.prefix, randomText),
    durationSeconds,
    level,
    maxDevices,
    prefix: terms.prefix?.toUpperCase() ?? null,
    note,
    subscription,
    activated: inUse !== undefined,
    expiresAt: inUse?.expiresAt ?? terms.endsAt ?? null,
    resellerId: resale?.resellerId ?? null,
    resellerPrice: resale ? String(resale.price) : null,
    staff: terms.staff ?? false,
    maxAddresses: terms.maxAddresses ?? 0,
    discordId: owner?.discordId ?? null,
    discordUsername: owner?.discordUsername ?? null,
    discordDiscriminator: owner?.discordDiscriminator ?? null,
  };
}
