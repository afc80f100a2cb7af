import { DAY_SECONDS } from '../../../kernel';
import {
  extension,
  Hold,
  LICENSE_STATUSES,
  LICENSE_VERBS,
  LicenseLife,
  LicenseStatus,
  LicenseVerb,
  statusOf,
  transition,
} from './license';

const now = new Date('2026-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

const unused: LicenseLife = {
  hold: null,
  durationSeconds: 30 * DAY_SECONDS,
  activatedAt: null,
  expiresAt: null,
};
const used: LicenseLife = { ...unused, activatedAt: at(-60), expiresAt: at(60) };
const lives: Record<LicenseStatus, LicenseLife> = {
  UNUSED: unused,
  USED: used,
  EXPIRED: { ...used, expiresAt: at(-1) },
  BANNED: { ...used, hold: 'BANNED' },
  SUSPENDED: { ...used, hold: 'SUSPENDED' },
  REVOKED: { ...used, hold: 'REVOKED' },
};

describe('licence status', () => {
  test.each(LICENSE_STATUSES)('%s follows from the facts', (status) => {
    expect(statusOf(lives[status], now)).toBe(status);
  });

  test('expires at the exact instant, not a millisecond before', () => {
    const life = { ...used, expiresAt: now };
    expect(statusOf(life, new Date(now.getTime() - 1))).toBe('USED');
    expect(statusOf(life, now)).toBe('EXPIRED');
  });

  test('a lifetime licence never expires', () => {
    expect(statusOf({ ...used, expiresAt: null }, new Date(8.64e15))).toBe('USED');
  });

  test('a hold wins over age and use', () => {
    for (const hold of ['BANNED', 'SUSPENDED', 'REVOKED'] as Hold[]) {
      expect(statusOf({ ...lives.EXPIRED, hold }, now)).toBe(hold);
      expect(statusOf({ ...unused, hold }, now)).toBe(hold);
    }
  });
});

/** What the status becomes; `-` is refused. */
const table: Record<LicenseVerb, Record<LicenseStatus, LicenseStatus | '-'>> = {
  ban: {
    UNUSED: 'BANNED',
    USED: 'BANNED',
    EXPIRED: 'BANNED',
    BANNED: 'BANNED',
    SUSPENDED: 'BANNED',
    REVOKED: '-',
  },
  unban: { UNUSED: '-', USED: '-', EXPIRED: '-', BANNED: 'USED', SUSPENDED: '-', REVOKED: '-' },
  suspend: {
    UNUSED: 'SUSPENDED',
    USED: 'SUSPENDED',
    EXPIRED: 'SUSPENDED',
    BANNED: '-',
    SUSPENDED: 'SUSPENDED',
    REVOKED: '-',
  },
  resume: { UNUSED: '-', USED: '-', EXPIRED: '-', BANNED: '-', SUSPENDED: 'USED', REVOKED: '-' },
  revoke: {
    UNUSED: 'REVOKED',
    USED: 'REVOKED',
    EXPIRED: 'REVOKED',
    BANNED: 'REVOKED',
    SUSPENDED: 'REVOKED',
    REVOKED: 'REVOKED',
  },
  extend: {
    UNUSED: 'UNUSED',
    USED: 'USED',
    EXPIRED: 'USED',
    BANNED: '-',
    SUSPENDED: 'SUSPENDED',
    REVOKED: '-',
  },
};

describe('licence state machine', () => {
  for (const verb of LICENSE_VERBS) {
    test.each(LICENSE_STATUSES)(`${verb} on %s`, (status) => {
      const life = lives[status];
      const verdict = verb === 'extend' ? extension(life, 1, now) : transition(life, verb, now);
      const outcome = verdict.granted ? statusOf({ ...life, ...verdict.value }, now) : '-';
      expect(outcome).toBe(table[verb][status]);
      if (!verdict.granted) {
        expect(verdict).toEqual({
          granted: false,
          code: 'LICENSE_WRONG_STATUS',
          facts: { status, verb },
        });
      }
    });
  }

  test('lifting a hold returns to what time made of the licence', () => {
    for (const [life, status] of [
      [unused, 'UNUSED'],
      [lives.EXPIRED, 'EXPIRED'],
    ] as const) {
      const banned: LicenseLife = { ...life, hold: 'BANNED' };
      const verdict = transition(banned, 'unban', now);
      expect(verdict.granted && statusOf({ ...banned, ...verdict.value }, now)).toBe(status);
    }
  });
});

describe('extension (D-A13)', () => {
  test('a running licence counts from its expiry', () => {
    expect(extension(used, 30, now)).toEqual({
      granted: true,
      value: { durationSeconds: used.durationSeconds, expiresAt: at(60 + 30 * DAY_SECONDS) },
    });
  });

  test('an expired licence counts from now', () => {
    const verdict = extension(lives.EXPIRED, 1, now);
    expect(verdict.granted && verdict.value.expiresAt).toEqual(at(DAY_SECONDS));
  });

  test('nothing grows past what can be stored and written with four digits of year', () => {
    let grown: LicenseLife = unused;
    let running: LicenseLife = { ...used, expiresAt: new Date('9990-01-01T00:00:00.000Z') };
    for (let round = 0; round < 10; round++) {
      const [longer, later] = [extension(grown, 3_650, now), extension(running, 3_650, now)];
      if (longer.granted) grown = { ...grown, ...longer.value };
      if (later.granted) running = { ...running, ...later.value };
    }
    expect(grown.durationSeconds).toBe(2_147_483_647);
    expect(running.expiresAt).toEqual(new Date('9999-12-31T23:59:59.999Z'));
  });

  test('a lifetime licence stays as it is, used or not', () => {
    for (const life of [used, unused]) {
      const verdict = extension({ ...life, durationSeconds: null, expiresAt: null }, 5, now);
      expect(verdict.granted && verdict.value).toEqual({ durationSeconds: null, expiresAt: null });
    }
  });

  test('an unused licence lasts longer and its clock does not start', () => {
    const verdict = extension(unused, 1, now);
    expect(verdict.granted && verdict.value).toEqual({
      durationSeconds: 31 * DAY_SECONDS,
      expiresAt: null,
    });
  });
});
