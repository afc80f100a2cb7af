import { BackgroundJobs } from '../../src/platform/background';
import { ChangeFeed } from '../../src/platform/database';
import { LOGGER, Logger } from '../../src/platform/logging';
import { ClientScreen } from '../../src/modules/client-access/client-screen';
import { BlacklistRepository } from '../../src/modules/blacklist/blacklist.repository';
import { anApp, aSeller, PASSWORD, TestApp, unique } from '../factories';
import type { Answer } from '../support/http';
import { startTestServer, TestServer } from '../support/server';

const HWID = 'HWID-A1B2C3D4';
const KEY = 'VIP-7KQ2-M9WD-X4TB';
const REFUSALS = {
  IP: 'IP address banned',
  HWID: 'Hardware banned',
  USERNAME: 'Username banned',
  KEY: 'License is banned',
} as const;
type Type = keyof typeof REFUSALS;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(() => server.close());
afterEach(() => jest.restoreAllMocks());

const list = async (app: TestApp, type: string, value: string, more: object = {}) => {
  const answer = await app.seller.post(app.path('/blacklist'), { type, value, ...more });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body.data as { id: string };
};
const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });
const attemptsOf = async (app: TestApp) =>
  (await app.seller.get(app.path('/blacklist'))).body.data.map(
    ({ attempts }: { attempts: number }) => attempts,
  ) as number[];
/** As any change of the application does: what is remembered of it is dropped. */
const forget = (app: TestApp) =>
  server.app.get(ChangeFeed, { strict: false }).deliver(`app:${app.id}`);
const entriesOf = (app: TestApp) =>
  server.database.rows<{ id: string; expires_at: Date | null }>(
    'SELECT * FROM blacklist_entries WHERE app_id = $1',
    [app.id],
  );

/** A user with the same name, device and key in every application, signed in. */
async function aTwin(app: TestApp) {
  await app.license({ maxDevices: 100 });
  await server.database.rows('UPDATE licenses SET key = $1 WHERE app_id = $2', [KEY, app.id]);
  const fields = { username: 'mallory', password: PASSWORD, hwid: HWID };
  const registered = await app.call('register', { ...fields, licenseKey: KEY });
  if (registered.status !== 200) throw new Error(registered.text);
  const sessionToken = await app.login('mallory', HWID);
  const everything = (): Promise<Answer[]> =>
    Promise.all([
      app.call('login', fields),
      app.call('license', { licenseKey: KEY, hwid: HWID }),
      app.call('check', { sessionToken }),
    ]);
  return { everything };
}

describe('S-01 a blacklist entry of one tenant never touches another', () => {
  test.each<[Type, string]>([
    ['IP', '127.0.0.0/8'],
    ['HWID', HWID],
    ['USERNAME', 'mallory'],
    ['KEY', KEY],
  ])(
    'S-01 %s: the same client goes on elsewhere, in memory and in the database',
    async (type, value) => {
      const seller = await aSeller(server.url);
      const app = await anApp(seller, { sessionTtlSeconds: 3_600 });
      const others = [await anApp(seller), await anApp(server.url)];
      const mine = await aTwin(app);
      const theirs = await Promise.all(others.map(aTwin));
      await list(app, type, value);
      for (const trusted of [true, false]) {
        if (!trusted) {
          const feed = server.app.get(ChangeFeed, { strict: false });
          jest.spyOn(feed, 'isTrusted').mockReturnValue(false);
        }
        const refused = await mine.everything();
        expect(refused.map(({ body }) => body.message)).toEqual(Array(3).fill(REFUSALS[type]));
        const granted = (await Promise.all(theirs.map(({ everything }) => everything()))).flat();
        expect(granted.map(({ status }) => status)).toEqual(Array(6).fill(200));
      }
    },
  );
});

describe('what an entry holds', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  test.each([
    ['203.0.113.0/24', '203.0.113.200', true],
    ['203.0.113.0/24', '203.0.114.1', false],
    ['203.0.113.7', '::ffff:203.0.113.7', true],
    ['::ffff:203.0.113.0/120', '203.0.113.7', true],
    ['2001:db8::/32', '2001:DB8:0:1::7', true],
    ['2001:db8::1', '2001:db8:0:0::1', true],
    ['::/0', '203.0.113.7', false],
    ['0.0.0.0/0', '203.0.113.7', true],
  ])('%s and a client from %s', async (value, ip, refused) => {
    await list(app, 'IP', value);
    const told: number[] = [];
    for (const trusted of [true, false]) {
      if (!trusted) {
        const feed = server.app.get(ChangeFeed, { strict: false });
        jest.spyOn(feed, 'isTrusted').mockReturnValue(false);
      }
      told.push((await app.call('init', {}, from(ip))).status);
    }
    expect(told).toEqual(refused ? [403, 403] : [200, 200]);
  });

  test('a client address that is none is no crash', async () => {
    await list(app, 'IP', '0.0.0.0/0');
    jest.spyOn(server.app.get(ChangeFeed, { strict: false }), 'isTrusted').mockReturnValue(false);
    expect((await app.call('init', {}, from('not-an-address'))).status).toBe(200);
  });

  test('ends by the clock of the database, in memory and when looked up', async () => {
    const now = await server.database.value<Date>('SELECT clock_timestamp()');
    const expiresAt = new Date(now.getTime() + 1_500);
    await list(app, 'HWID', HWID, { expiresAt: expiresAt.toISOString() });
    const { key: licenseKey } = await app.license();
    const use = () => app.call('license', { licenseKey, hwid: HWID });
    for (let refusals = 0; ; refusals++) {
      const before = await server.database.value<Date>('SELECT clock_timestamp()');
      const { status } = await use();
      const after = await server.database.value<Date>('SELECT clock_timestamp()');
      // The memory's idea of that clock is good to a few milliseconds.
      if (status === 403) expect(before.getTime()).toBeLessThan(expiresAt.getTime() + 20);
      if (status !== 200) continue;
      expect(after.getTime()).toBeGreaterThanOrEqual(expiresAt.getTime() - 20);
      expect(refusals).toBeGreaterThan(0);
      break;
    }
    expect((await use()).status).toBe(200);
    forget(app);
    expect((await use()).status).toBe(200);
    const again = await list(app, 'HWID', HWID);
    expect((await use()).body.message).toBe('Hardware banned');
    await app.seller.patch(app.path(`/blacklist/${again.id}`), {
      expiresAt: '2020-01-01T00:00:00Z',
    });
    expect((await use()).status).toBe(200);
  });

  test('is cleared away thirty days after it expired, not before', async () => {
    await server.database.rows('DELETE FROM blacklist_entries');
    for (const value of ['old', 'young', 'standing']) await list(app, 'HWID', value);
    const age = (value: string, days: number) =>
      server.database.rows(
        `UPDATE blacklist_entries SET expires_at = now() - make_interval(days => $3)
          WHERE app_id = $1 AND value = $2`,
        [app.id, value, days],
      );
    await age('old', 31);
    await age('young', 29);
    const jobs = server.app.get<BackgroundJobs>(BackgroundJobs, { strict: false });
    const job = jobs['jobs'].find(({ name }) => name === 'forget expired blacklist entries')!;
    expect(await jobs.round(job)).toBe(1);
    const left = await app.seller.get(app.path('/blacklist'));
    expect(left.body.data.map(({ value }: { value: string }) => value)).toEqual([
      'standing',
      'young',
    ]);
  });

  test('of more than ten thousand entries each is looked up, and the list is read once', async () => {
    await server.database.rows(
      `INSERT INTO blacklist_entries (id, app_id, type, value, value_key, network)
       SELECT gen_random_uuid(), $1, 'IP', v, v, v::cidr
         FROM (SELECT host('10.0.0.0'::inet + n) AS v FROM generate_series(1, 10001) n) made`,
      [app.id],
    );
    await list(app, 'IP', '203.0.113.0/24', { reason: 'wide' });
    await list(app, 'IP', '203.0.113.0/28', { reason: 'narrow' });
    await list(app, 'USERNAME', 'mallory');
    await list(app, 'KEY', KEY);
    const { username, license } = await app.user();
    const reads = jest.spyOn(BlacklistRepository.prototype, 'standing');
    const told = [
      await app.call('init', {}, from('10.0.0.77')),
      await app.call('init', {}, from('::ffff:10.0.39.17')),
      await app.call('init', {}, from('10.0.39.18')),
      await app.call('login', { username: 'MALLORY', password: PASSWORD }),
      await app.call('license', { licenseKey: KEY.toLowerCase() }),
      await app.call('login', { username, password: PASSWORD }),
    ];
    expect(told.map(({ status }) => status)).toEqual([403, 403, 200, 403, 403, 200]);
    expect(reads.mock.calls.length).toBeLessThanOrEqual(1);
    const asked = await app.call('check_blacklist', { ip: '203.0.113.7' });
    expect(asked.body.data).toEqual({ blacklisted: true, reason: 'narrow' });
    await list(app, 'KEY', license.key);
    const listed = await app.call('login', { username, password: PASSWORD });
    expect(listed.body.message).toBe('License is banned');
    const plan = await server.database.rows<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM blacklist_entries WHERE app_id = '${app.id}' AND network >>= '10.0.0.77'::inet`,
    );
    expect(JSON.stringify(plan)).toContain('blacklist_entries_network');
  });
});

describe('what an entry refused is counted', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  test('each refused request once, at the entry that refused it, with its time', async () => {
    const user = await app.user({ hwid: HWID });
    const sessionToken = await app.login(user.username, HWID);
    await list(app, 'IP', '127.0.0.1');
    const before = await server.database.value<Date>('SELECT clock_timestamp()');
    const { username } = user;
    const requests: [string, object][] = [
      ['init', {}],
      ['login', { username, password: PASSWORD, hwid: HWID }],
      ['register', { username: unique('u'), password: PASSWORD, licenseKey: KEY }],
      ['license', { licenseKey: user.license.key, hwid: HWID }],
      ['check', { sessionToken }],
    ];
    for (const [type, fields] of requests) {
      expect([type, (await app.call(type, fields)).status]).toEqual([type, 403]);
    }
    const [entry] = (await app.seller.get(app.path('/blacklist'))).body.data;
    expect(entry.attempts).toBe(requests.length);
    expect(new Date(entry.lastAttemptAt).getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  test('by the first that names the client only, the one of the key with the refused login', async () => {
    const { username, license } = await app.user({ hwid: HWID });
    const fields = { username, password: PASSWORD, hwid: HWID };
    await list(app, 'KEY', license.key);
    expect((await app.call('login', { ...fields, password: 'wrong one' })).status).toBe(401);
    expect(await attemptsOf(app)).toEqual([0]);
    expect((await app.call('login', fields)).body.message).toBe('License is banned');
    expect(await attemptsOf(app)).toEqual([1]);
    await list(app, 'HWID', HWID);
    await app.call('login', fields);
    expect(await attemptsOf(app)).toEqual([1, 1]);
    const records = await server.database.rows(
      "SELECT action, outcome FROM audit_records WHERE app_id = $1 AND outcome = 'KEY_BLACKLISTED'",
      [app.id],
    );
    expect(records).toEqual([{ action: 'client.login', outcome: 'KEY_BLACKLISTED' }]);
  });

  test('the entry of a name with a sign-in by the key of who bears it, which leaves nothing behind', async () => {
    const { username, license } = await app.user({ terms: { maxDevices: 5 } });
    await list(app, 'USERNAME', username);
    const answer = await app.call('license', { licenseKey: license.key, hwid: HWID });
    expect([answer.status, answer.body.message]).toEqual([403, 'Username banned']);
    expect(await attemptsOf(app)).toEqual([1]);
    const left = await server.database.rows(
      `SELECT (SELECT count(*)::int FROM license_devices d JOIN licenses l ON l.id = d.license_id
                WHERE l.app_id = $1) AS devices,
              (SELECT count(*)::int FROM sessions WHERE app_id = $1) AS sessions`,
      [app.id],
    );
    expect(left).toEqual([{ devices: 0, sessions: 0 }]);
  });

  test('a hundred at once are a hundred, in fewer statements; a full counter stays full', async () => {
    await list(app, 'IP', '127.0.0.1');
    const statements = jest.spyOn(BlacklistRepository.prototype, 'countAttempts');
    await Promise.all(Array.from({ length: 100 }, () => app.call('init')));
    expect(await attemptsOf(app)).toEqual([100]);
    expect(statements.mock.calls.length).toBeLessThan(100);
    await server.database.rows('UPDATE blacklist_entries SET attempts = 2147483647');
    expect((await app.call('init')).status).toBe(403);
    expect(await attemptsOf(app)).toEqual([2_147_483_647]);
  });

  test('S-36 an address that cannot be read, so that no entry holds for it, is told in the log once a minute', async () => {
    // Others may have been told of within the minute.
    server.app.get(ClientScreen, { strict: false })['warnedAt'] = -Infinity;
    const warn = jest.spyOn(server.app.get<Logger>(LOGGER), 'warn');
    await app.call('init', {}, from('203.0.113.7'));
    expect(warn).not.toHaveBeenCalled();
    for (const ip of ['203.0.113.7:50412', 'unknown']) await app.call('init', {}, from(ip));
    expect(warn.mock.calls).toEqual([
      [
        { ip: '203.0.113.7:50412' },
        'a proxy tells no address of its client, blacklisted ones pass',
      ],
    ]);
  });

  test('S-36 a count that fails leaves the refusal a refusal', async () => {
    await list(app, 'IP', '127.0.0.1');
    jest
      .spyOn(BlacklistRepository.prototype, 'countAttempts')
      .mockRejectedValue(new Error('the disk is full'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.call('init')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(403));
    jest.restoreAllMocks();
    expect((await app.call('init')).status).toBe(403);
    expect(await attemptsOf(app)).toEqual([1]);
  });

  test('no entry is left with a whole licence key in the record', async () => {
    await list(app, 'KEY', KEY);
    const [entry] = await entriesOf(app);
    expect(entry).toBeDefined();
    const records = await server.database.rows(
      "SELECT details FROM audit_records WHERE app_id = $1 AND action = 'blacklist.add'",
      [app.id],
    );
    expect(records).toEqual([
      { details: { type: 'KEY', value: '***-****-****-X4TB', reason: null, expiresAt: null } },
    ]);
  });
});
