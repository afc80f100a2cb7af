import { TestApp } from '../factories';
import { ask } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
  granted,
  manyLicenses,
  openArena,
  trials,
  twinTrials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';

/** P tier; the twins get 5. */
const TRIALS = 15;
const TWIN_TRIALS = twinTrials(5);
const LICENSES = 30;
const MAX_USES = 3;
const REPEATS = 20;
const REWARD_DAYS = 7;

/** Sessions by key: one for each of `count` licences in use. */
async function sessions(app: TestApp, urls: readonly string[], count: number): Promise<string[]> {
  const licenses = await manyLicenses(app, count);
  const answers = await volley(urls, count, (url, index) =>
    ask(app, url, 'license', { licenseKey: licenses[index]!.key }),
  );
  return answers.map(({ body }) => body.data.sessionToken as string);
}

async function aCode(app: TestApp, terms: object): Promise<string> {
  const body = { rewardDays: REWARD_DAYS, ...terms };
  return (await app.seller.post(app.path('/referral-codes'), body)).body.data.code as string;
}

interface Stored {
  readonly uses: number;
  readonly redemptions: number;
  readonly records: number;
  /** Days that all licences of the application have beyond the thirty they were sold with. */
  readonly days: number;
}

async function stored(arena: Arena, app: TestApp, code: string): Promise<Stored> {
  const [row] = await arena.database.rows<Stored>(
    `SELECT c.uses,
            (SELECT count(*)::int FROM referral_redemptions r WHERE r.code_id = c.id) AS redemptions,
            (SELECT count(*)::int FROM audit_records a WHERE a.target_id = c.id
                AND a.action = 'client.redeem-referral' AND a.outcome = 'granted') AS records,
            (SELECT coalesce(sum(extract(epoch FROM expires_at - activated_at) / 86400 - 30), 0)::float8
               FROM licenses l WHERE l.app_id = c.app_id) AS days
       FROM referral_codes c WHERE c.app_id = $1 AND c.code = $2`,
    [app.id, code],
  );
  return row!;
}

/** What the books say against `times` redemptions of the code, of which the days are all there are. */
function booked(found: Stored, times: number, daysBefore: number): string[] {
  const { uses, redemptions, records, days } = found;
  const given = Math.round((days - daysBefore) * 1_000) / 1_000;
  return [
    ...unless(uses === times, `${uses} uses`),
    ...unless(redemptions === times, `${redemptions} redemptions`),
    ...unless(records === times, `${records} records`),
    ...unless(given === times * REWARD_DAYS, `${given} days given`),
  ];
}

/** In each trial thirty licences redeem one code at once that has three uses. */
async function manyLicencesOneCode(arena: Arena, count: number): Promise<Violations[]> {
  const app = await freshApp(arena);
  const tokens = await sessions(app, arena.urls, LICENSES);
  const outcomes: Violations[] = [];
  let days = 0;
  for (let trial = 0; trial < count; trial++) {
    const code = await aCode(app, { maxUses: MAX_USES });
    const answers = await volley(arena.urls, LICENSES, (url, index) =>
      ask(app, url, 'redeem_referral', { sessionToken: tokens[index], code }),
    );
    const found = await stored(arena, app, code);
    outcomes.push([
      ...unless(granted(answers).length === MAX_USES, `${granted(answers).length} successes`),
      ...unexpected(answers, ['200', '409 REFERRAL_USED_UP']),
      ...booked(found, MAX_USES, days),
    ]);
    days = found.days;
  }
  return outcomes;
}

/** In each trial one licence redeems one code twenty times at once. */
async function oneLicenceOneCode(arena: Arena, count: number): Promise<Violations[]> {
  const app = await freshApp(arena);
  const [sessionToken] = await sessions(app, arena.urls, 1);
  const outcomes: Violations[] = [];
  let days = 0;
  for (let trial = 0; trial < count; trial++) {
    const code = await aCode(app, {});
    const answers = await volley(arena.urls, REPEATS, (url) =>
      ask(app, url, 'redeem_referral', { sessionToken, code }),
    );
    const found = await stored(arena, app, code);
    outcomes.push([
      ...unless(granted(answers).length === 1, `${granted(answers).length} successes`),
      ...unexpected(answers, ['200', '409 REFERRAL_REDEEMED']),
      ...booked(found, 1, days),
    ]);
    days = found.days;
  }
  return outcomes;
}

/** In each trial two users redeem a code of the other's at once, each at a process of their own. */
async function eachOthersCode(
  arena: Arena,
  count: number,
): Promise<{ outcomes: Violations[]; deadlocks: number }> {
  const app = await freshApp(arena);
  const users = [await app.user(), await app.user()];
  const tokens = await Promise.all(users.map(({ username }) => app.login(username)));
  const outcomes: Violations[] = [];
  let days = 0;
  for (let trial = 0; trial < count; trial++) {
    const codes = [
      await aCode(app, { ownerUserId: users[1]!.id }),
      await aCode(app, { ownerUserId: users[0]!.id }),
    ];
    const answers = await volley(arena.urls, 2, (url, index) =>
      ask(app, url, 'redeem_referral', { sessionToken: tokens[index], code: codes[index] }),
    );
    const found = await stored(arena, app, codes[0]!);
    const given = Math.round(found.days - days);
    outcomes.push([
      ...unexpected(answers, ['200']),
      ...unless(given === 4 * REWARD_DAYS, `${given} days given`),
    ]);
    days = found.days;
  }
  // A connection tells its deadlocks at the latest when it ends.
  await arena.stop();
  const deadlocks = await arena.database.value<number>(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return { outcomes, deadlocks };
}

describe('R-18 uses ≤ allowed: referral codes', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test('R-18 a seller who offers a code three times would otherwise give days to more than three', async () => {
    expectHeld('R-18 code uses', await manyLicencesOneCode(arena, trials(TRIALS)));
  });

  test('R-18 a customer who sends a code twenty times at once gets its days once', async () => {
    expectHeld('R-18 code once', await oneLicenceOneCode(arena, trials(TRIALS)));
  });

  test('R-18 twin: uses judged by what was seen before the turn exceed the limit', async () => {
    await withArena({ without: 'stale-uses' }, async (unguarded) => {
      // The last line of defence behind the conditional update.
      await unguarded.database.rows(
        'ALTER TABLE referral_codes DROP CONSTRAINT referral_codes_uses_check',
      );
      await expectRaceBroken('R-18 code uses', TWIN_TRIALS, (count) =>
        manyLicencesOneCode(unguarded, count),
      );
    });
  });

  test('R-18 twin: without turns on the licence one customer gets the days several times', async () => {
    await withArena({ without: 'redeem-turns' }, async (unguarded) => {
      await unguarded.database.rows('DROP INDEX referral_redemptions_once');
      await expectRaceBroken('R-18 code once', TWIN_TRIALS, (count) =>
        oneLicenceOneCode(unguarded, count),
      );
    });
  });
});

describe('R-17 no deadlock: two users who redeem each other’s codes', () => {
  test('R-17 both get their days, and the database never had to break an embrace', async () => {
    await withArena({}, async (arena) => {
      const { outcomes, deadlocks } = await eachOthersCode(arena, trials(TRIALS));
      expectHeld('R-17 referrals', outcomes);
      expect(deadlocks).toBe(0);
    });
  });

  test('R-17 twin: when each locks the own licence first, they embrace', async () => {
    await withArena({ without: 'own-licence-first' }, async (unguarded) => {
      const { deadlocks } = await eachOthersCode(unguarded, TWIN_TRIALS);
      expect(deadlocks).toBeGreaterThanOrEqual(0.9 * TWIN_TRIALS);
    });
  });
});
