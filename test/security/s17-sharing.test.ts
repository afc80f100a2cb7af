import { join } from 'node:path';
import { anApp, aSeller, PASSWORD, TestApp } from '../factories';
import { freshDatabase, TestDatabase } from '../support/database';
import type { Answer } from '../support/http';
import { SpawnedServer, spawnServer } from '../support/server';
import { uuidOf } from '../golden/sample';

/** Servers of their own are started, and machines differ. */
jest.setTimeout(240_000);

const THRESHOLD = 5;
const MAX_DEVICES = 2;
const PEOPLE = 24;

interface Stage {
  readonly database: TestDatabase;
  readonly server: SpawnedServer;
}

/** A server behind a proxy, so that clients have addresses of their own. */
async function withStage<T>(without: string | null, use: (stage: Stage) => Promise<T>): Promise<T> {
  const database = await freshDatabase();
  const preload = without ? join(__dirname, `../races/guards-off/${without}.cjs`) : undefined;
  const env = { TRUSTED_PROXIES: '127.0.0.1', DATABASE_POOL_SIZE: '30' };
  const server = await spawnServer(database.url, { preload, env });
  try {
    return await use({ database, server });
  } finally {
    await server.stop();
    await database.close();
  }
}

const from = (person: number) => ({
  headers: { 'x-forwarded-for': person % 2 ? `203.0.113.${person}` : `2001:db8::${person}` },
});

/** One key in the hands of many: each with a device and an address, all at once. */
function pass(app: TestApp, licenseKey: string, devices: number): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: PEOPLE }, (_, person) =>
      app.call('license', { licenseKey, hwid: `HWID-${person % devices}` }, from(person)),
    ),
  );
}

interface Found {
  readonly devices: number;
  readonly sessions: number;
  readonly events: readonly { readonly data: Record<string, unknown> }[];
  readonly records: number;
}

async function found({ database }: Stage, app: TestApp): Promise<Found> {
  const [counts] = await database.rows<Omit<Found, 'events'>>(
    `SELECT (SELECT count(*)::int FROM license_devices d JOIN licenses l ON l.id = d.license_id
              WHERE l.app_id = $1 AND released_at IS NULL) AS devices,
            (SELECT count(*)::int FROM sessions WHERE app_id = $1 AND ended_at IS NULL) AS sessions,
            (SELECT count(*)::int FROM audit_records WHERE app_id = $1
                AND action = 'license.shared-suspected' AND severity = 'warning') AS records`,
    [app.id],
  );
  const events = await database.rows<{ data: Record<string, unknown> }>(
    "SELECT data FROM outbox_events WHERE app_id = $1 AND type = 'license.shared_suspected'",
    [app.id],
  );
  return { ...counts!, events };
}

/** What sharing got away with. */
async function broken(stage: Stage, settings: object = {}): Promise<string[]> {
  const app = await anApp(await aSeller(stage.server.url), {
    sharingThreshold: THRESHOLD,
    ...settings,
  });
  const { key } = await app.license({ maxDevices: MAX_DEVICES });
  const strangers = await pass(app, key, PEOPLE);
  const welcome = strangers.filter(({ status }) => status === 200).length;
  // With copied devices everybody gets in, and throws the others out.
  const { key: copied } = await app.license({ maxDevices: MAX_DEVICES });
  await pass(app, copied, MAX_DEVICES);
  const { devices, sessions, events, records } = await found(stage, app);
  return [
    ...(welcome > MAX_DEVICES ? [`${welcome} devices welcome`] : []),
    ...(devices > 2 * MAX_DEVICES ? [`${devices} devices bound`] : []),
    ...(sessions > 2 * MAX_DEVICES ? [`${sessions} sessions live`] : []),
    ...(events.length !== 1 ? [`told ${events.length} times`] : []),
    ...(records !== events.length ? [`${records} records`] : []),
  ];
}

describe('S-17 one key in the hands of many', () => {
  test('S-17 device and session caps hold, and the seller is told once, however many come at once', async () => {
    await withStage(null, async (stage) => {
      for (let trial = 0; trial < 5; trial++) expect(await broken(stage)).toEqual([]);
    });
  });

  test('S-17 who and how many is told; within a day not again, after a day anew, never when off', async () => {
    await withStage(null, async (stage) => {
      const app = await anApp(await aSeller(stage.server.url), { sharingThreshold: 2 });
      const { username, id, license } = await app.user({ terms: { maxDevices: 3 } });
      const login = (person: number) =>
        app.call('login', { username, password: PASSWORD }, from(person));
      const told = async () => (await found(stage, app)).events.map(({ data }) => data);
      for (const person of [0, 1, 0, 1]) await login(person);
      expect(await told()).toEqual([]);
      await login(2);
      const event = {
        licenseId: uuidOf(license.id),
        userId: uuidOf(id),
        username,
        addresses: 3,
        appId: app.id,
      };
      expect(await told()).toEqual([event]);
      for (const person of [3, 4]) await login(person);
      expect(await told()).toHaveLength(1);
      const age = (what: string) =>
        stage.database.rows(
          `UPDATE licenses SET shared_noted_at = shared_noted_at - interval '${what}' WHERE app_id = $1`,
          [app.id],
        );
      await age('23 hours 59 minutes');
      await login(0);
      expect(await told()).toHaveLength(1);
      await age('2 minutes');
      await login(0);
      expect(await told()).toEqual([event, { ...event, addresses: 5 }]);
      await age('2 days');
      await stage.database.rows("UPDATE sessions SET created_at = created_at - interval '1 day'");
      await login(0);
      expect(await told()).toHaveLength(2);
      await app.seller.patch(app.path(), { sharingThreshold: 0 });
      for (const person of [1, 2, 3, 4]) await login(person);
      expect(await told()).toHaveLength(2);
    });
  });

  test('S-17 twin: uses of a licence that take no turns break caps, or tell it again and again', async () => {
    await withStage('license-turns', async (stage) => {
      expect(await broken(stage)).not.toEqual([]);
    });
  });

  test('S-17 twin: with the watch off nobody is told', async () => {
    await withStage(null, async (stage) => {
      expect(await broken(stage, { sharingThreshold: 0 })).toEqual(['told 0 times']);
    });
  });
});
