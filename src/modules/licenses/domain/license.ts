import { addSeconds, DAY_SECONDS, granted, refused, Verdict } from '../../../kernel';

/** Levels run from 0 to this. */
export const LEVEL_MAX = 1_000_000;
/** Most devices of one licence. */
export const MAX_DEVICES_MAX = 1_000;

/** The documented four [doc] and two of ours: SUSPENDED can be resumed, REVOKED is final. */
export const LICENSE_STATUSES = [
  'UNUSED',
  'USED',
  'EXPIRED',
  'BANNED',
  'SUSPENDED',
  'REVOKED',
] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/** What a seller put on a licence to stop it, whatever its age. */
export type Hold = 'BANNED' | 'SUSPENDED' | 'REVOKED';

export interface LicenseLife {
  readonly hold: Hold | null;
  readonly durationSeconds: number | null;
  readonly activatedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** Status at the instant `now`. A licence is expired from the exact instant of its expiry on. */
export function statusOf(life: LicenseLife, now: Date): LicenseStatus {
  if (life.hold) return life.hold;
  // A licence whose end is fixed may end before it was ever used.
  if (life.expiresAt && life.expiresAt <= now) return 'EXPIRED';
  return life.activatedAt ? 'USED' : 'UNUSED';
}

/** What a seller can do to a licence. Activation is a client's act, expiry is time's. */
export const LICENSE_VERBS = ['ban', 'unban', 'suspend', 'resume', 'revoke', 'extend'] as const;
export type LicenseVerb = (typeof LICENSE_VERBS)[number];

type Transition = { readonly from: readonly LicenseStatus[]; readonly hold?: Hold | null };

/** The state machine: which verb leaves which statuses, and what hold it sets. */
const TRANSITIONS: Record<LicenseVerb, Transition> = {
  ban: { from: ['UNUSED', 'USED', 'EXPIRED', 'SUSPENDED', 'BANNED'], hold: 'BANNED' },
  unban: { from: ['BANNED'], hold: null },
  suspend: { from: ['UNUSED', 'USED', 'EXPIRED', 'SUSPENDED'], hold: 'SUSPENDED' },
  resume: { from: ['SUSPENDED'], hold: null },
  revoke: {
    from: ['UNUSED', 'USED', 'EXPIRED', 'BANNED', 'SUSPENDED', 'REVOKED'],
    hold: 'REVOKED',
  },
  // A key that was not used yet grows longer; its clock still starts at first use.
  extend: { from: ['UNUSED', 'USED', 'EXPIRED', 'SUSPENDED'] },
};

export interface WrongStatus {
  readonly status: LicenseStatus;
  readonly verb: LicenseVerb;
}

/**
 * The changes a verb makes, or a refusal naming the status it cannot leave. Doing twice what
 * stays done (ban, suspend, revoke) is granted and changes nothing.
 */
export function transition(
  life: LicenseLife,
  verb: Exclude<LicenseVerb, 'extend'>,
  now: Date,
): Verdict<{ readonly hold: Hold | null }, 'LICENSE_WRONG_STATUS'> {
  const status = statusOf(life, now);
  const { from, hold = null } = TRANSITIONS[verb];
  return from.includes(status)
    ? granted({ hold })
    : refused('LICENSE_WRONG_STATUS', { status, verb });
}

export interface Extension {
  readonly durationSeconds: number | null;
  readonly expiresAt: Date | null;
}

/** What the column of durations holds: 68 years. */
const DURATION_SECONDS_MAX = 2_147_483_647;

/** The life of an unused licence whose end is fixed; null is for ever. */
export function fixedEnd(expiresAt: Date | null, now: Date): Extension {
  if (expiresAt === null) return { durationSeconds: null, expiresAt };
  const seconds = Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000);
  return { durationSeconds: Math.min(Math.max(seconds, 1), DURATION_SECONDS_MAX), expiresAt };
}

/**
 * `days` more. A running licence counts from its expiry, an expired one from now; a lifetime
 * licence stays as it is (D-A13). An unused one gets a longer duration, unless its end is fixed. Both end at a limit that
 * no sold licence reaches: a duration at 68 years, an expiry with the year 9999.
 */
export function extension(
  life: LicenseLife,
  days: number,
  now: Date,
): Verdict<Extension, 'LICENSE_WRONG_STATUS'> {
  const status = statusOf(life, now);
  if (!TRANSITIONS.extend.from.includes(status)) {
    return refused('LICENSE_WRONG_STATUS', { status, verb: 'extend' });
  }
  const more = days * DAY_SECONDS;
  const { durationSeconds, expiresAt, activatedAt } = life;
  if (!activatedAt && !expiresAt) {
    const longer = durationSeconds && Math.min(durationSeconds + more, DURATION_SECONDS_MAX);
    return granted({ durationSeconds: longer, expiresAt: null });
  }
  if (!expiresAt) return granted({ durationSeconds, expiresAt: null });
  const base = expiresAt > now ? expiresAt : now;
  return granted({ durationSeconds, expiresAt: addSeconds(base, more) });
}
