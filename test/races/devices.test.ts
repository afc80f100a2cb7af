import type { TestApp } from '../factories';
import { PASSWORD } from '../factories';
import type { Answer } from '../support/http';
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

/** P tier: R-02 30 trials for each limit and way in (180 in all), R-03 50; twins 6 and 10. */
const LIMIT_TRIALS = 30;
const SAME_DEVICE_TRIALS = 50;
const TWIN_LIMIT_TRIALS = twinTrials(6);
const TWIN_SAME_DEVICE_TRIALS = twinTrials(10);
const SAME_DEVICE_RIVALS = 20;

type WayIn = 'license' | 'login';

interface Trial {
  readonly key: string;
  readonly answers: readonly Answer[];
}

interface Bound {
  readonly key: string;
  readonly devices: number;
  readonly live: number;
  readonly activations: number;
}

async function stored(arena: Arena, app: TestApp): Promise<Map<string, Bound>> {
  const rows = await arena.database.rows<Bound>(
    `SELECT l.key,
            (SELECT count(*)::int FROM license_devices d
              WHERE d.license_id = l.id AND d.released_at IS NULL) AS devices,
            (SELECT count(*)::int FROM sessions s
              WHERE s.license_id = l.id AND s.ended_at IS NULL) AS live,
            (SELECT count(*)::int FROM outbox_events e
              WHERE e.type = 'license.activate' AND e.data->>'licenseId' = l.id::text) AS activations
       FROM licenses l WHERE l.app_id = $1`,
    [app.id],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** `limit` devices are allowed; ten more than that come at once. */
async function crowd(
  arena: Arena,
  way: WayIn,
  limit: number,
  count: number,
): Promise<Violations[]> {
  const app = await freshApp(arena);
  const done: Trial[] = [];
  for (const { key } of await manyLicenses(app, count, { maxDevices: limit })) {
    const username = `of-${key}`;
    const account = { username, password: PASSWORD };
    if (way === 'login') await app.call('register', { ...account, licenseKey: key });
    const fields = way === 'login' ? account : { licenseKey: key };
    const answers = await volley(arena.urls, limit + 10, (url, device) =>
      ask(app, url, way, { ...fields, hwid: `HW-${device}` }),
    );
    done.push({ key, answers });
  }
  const found = await stored(arena, app);
  return done.map(({ key, answers }) => {
    const { devices, live, activations } = found.get(key)!;
    return [
      ...unless(devices === limit, `${devices} devices bound where ${limit} are allowed`),
      ...unless(live === limit, `${live} live sessions on ${limit} devices`),
      ...unless(activations === 1, `activated ${activations} times`),
      ...unless(granted(answers).length === limit, `${granted(answers).length} clients let in`),
      ...unexpected(answers, ['200', '403 HWID_MISMATCH']),
    ];
  });
}

/** One device sends the same key twenty times at once, the key unused or in use by turns. */
async function sameDevice(arena: Arena, count: number): Promise<Violations[]> {
  const app = await freshApp(arena);
  const done: Trial[] = [];
  for (const [index, { key }] of (await manyLicenses(app, count, { maxDevices: 1 })).entries()) {
    if (index % 2 === 1) await app.call('license', { licenseKey: key });
    const answers = await volley(arena.urls, SAME_DEVICE_RIVALS, (url) =>
      ask(app, url, 'license', { licenseKey: key, hwid: 'HW-1' }),
    );
    done.push({ key, answers });
  }
  const found = await stored(arena, app);
  return done.map(({ key, answers }) => {
    const { devices, live, activations } = found.get(key)!;
    return [
      ...unless(devices === 1, `${devices} slots used by one device`),
      ...unless(live === 1, `${live} live sessions on one slot`),
      ...unless(activations === 1, `activated ${activations} times`),
      ...unexpected(answers, ['200']),
    ];
  });
}

describe('R-02 R-03 devices that arrive at one moment', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  const cases = (['license', 'login'] as const).flatMap((way) =>
    [1, 3, 5].map((limit) => [way, limit] as const),
  );

  test.each(cases)(
    'R-02 a key shared beyond its seats would run on more devices than the seller sold: %s, maxDevices %i',
    async (way, limit) => {
      const outcomes = await crowd(arena, way, limit, trials(LIMIT_TRIALS));
      expectHeld(`R-02 ${way} n=${limit}`, outcomes);
    },
  );

  test('R-03 a program that starts twenty times on one device would lock its own user out', async () => {
    expectHeld('R-03', await sameDevice(arena, trials(SAME_DEVICE_TRIALS)));
  });

  test('R-02 R-03 twin: without turns on the licence more devices are bound than allowed', async () => {
    await withArena({ without: 'license-turns' }, async (unguarded) => {
      for (const [way, limit] of cases) {
        await expectRaceBroken(`R-02 ${way} n=${limit}`, TWIN_LIMIT_TRIALS, (count) =>
          crowd(unguarded, way, limit, count),
        );
      }
      // The last line of defence behind the lock: a device is bound once.
      await unguarded.database.rows('DROP INDEX license_devices_bound');
      await expectRaceBroken('R-03', TWIN_SAME_DEVICE_TRIALS, (count) =>
        sameDevice(unguarded, count),
      );
    });
  });
});
