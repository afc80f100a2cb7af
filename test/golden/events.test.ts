import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anApp, PASSWORD, TestApp } from '../factories';
import { EVENT_TYPES, EVENTS, EventType } from '../../src/platform/outbox';
import { http } from '../support/http';
import { mmdb } from '../support/mmdb';
import { startTestServer, TestServer } from '../support/server';
import { uuidOf } from './sample';

interface Event {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

let server: TestServer;
let app: TestApp;
/** Where the tests come from, by a file of the operator. */
const COUNTRY = 'NZ';
const directory = mkdtempSync(join(tmpdir(), 'latchkey-events-'));
beforeAll(async () => {
  const file = join(directory, 'countries.mmdb');
  writeFileSync(file, mmdb([['127.0.0.0/8', { country_code: COUNTRY }]]));
  server = await startTestServer({ GEOIP_DB_PATH: file });
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});
beforeEach(async () => {
  app = await anApp(server.url);
});

const events = (type: string) =>
  server.database.rows<Event>(
    'SELECT type, data FROM outbox_events WHERE app_id = $1 AND type = $2 ORDER BY occurred_at',
    [app.id, type],
  );
const allTypes = async () =>
  (
    await server.database.rows<{ type: string }>(
      'SELECT type FROM outbox_events WHERE app_id = $1 ORDER BY type',
      [app.id],
    )
  ).map(({ type }) => type);
const HWID = 'HWID-A1B2C3D4';

describe('events of document 000, as they wait in the outbox', () => {
  test('user.login and session.create: one each per successful login, with userId, username, ip, hwid, appId', async () => {
    const user = await app.user({ hwid: HWID });
    await app.login(user.username, HWID);
    const who = {
      username: user.username,
      ip: '127.0.0.1',
      hwid: HWID,
      appId: app.id,
      country: COUNTRY,
    };
    const [login, ...moreLogins] = await events('user.login');
    expect(login!.data).toEqual({ userId: uuidOf(user.id), ...who });
    const [created, ...moreSessions] = await events('session.create');
    expect(created!.data).toEqual({
      userId: uuidOf(user.id),
      ...who,
      licenseId: uuidOf(user.license.id),
      sessionId: expect.any(String),
    });
    expect([moreLogins, moreSessions]).toEqual([[], []]);
    const sessions = await app.seller.get(app.path('/sessions'));
    expect(sessions.body.data).toMatchObject([{ ip: '127.0.0.1', country: COUNTRY }]);
  });

  test('user.register and license.activate: registration with a key', async () => {
    const user = await app.user({ hwid: HWID });
    const where = { ip: '127.0.0.1', hwid: HWID, appId: app.id };
    expect(await events('user.register')).toEqual([
      {
        type: 'user.register',
        data: {
          userId: uuidOf(user.id),
          username: user.username,
          licenseKey: user.license.key,
          ...where,
          country: COUNTRY,
        },
      },
    ]);
    expect((await events('license.activate')).map(({ data }) => data)).toEqual([
      {
        licenseId: uuidOf(user.license.id),
        licenseKey: user.license.key,
        level: 1,
        expiresAt: expect.any(String),
        ...where,
      },
    ]);
    expect(await allTypes()).toEqual(['license.activate', 'user.register']);
  });

  test('license.activate: «first activation of a key» only; a session of a key alone has no user', async () => {
    const { key } = await app.license();
    for (let i = 0; i < 3; i++) await app.call('license', { licenseKey: key, hwid: HWID });
    expect(await events('license.activate')).toHaveLength(1);
    expect(await events('user.login')).toEqual([]);
    const sessions = await events('session.create');
    expect(sessions).toHaveLength(3);
    expect(sessions[0]!.data).toMatchObject({ userId: null, username: null, hwid: HWID });
  });

  test('user.ban: «banned by an admin», with the reason', async () => {
    const user = await app.user();
    const path = app.path(`/users/${user.id}/ban`);
    await app.seller.post(path, { reason: 'Terms violation' });
    expect((await events('user.ban')).map(({ data }) => data)).toEqual([
      {
        userId: uuidOf(user.id),
        username: user.username,
        reason: 'Terms violation',
        ip: null,
        appId: app.id,
      },
    ]);
  });

  test('license.expire: «noticed at next use», once per expiry, however often and wherever it is asked', async () => {
    const user = await app.user();
    const sessionToken = await app.login(user.username);
    const { key } = user.license;
    const expire = () =>
      server.database.rows('UPDATE licenses SET expires_at = clock_timestamp() WHERE key = $1', [
        key,
      ]);
    await expire();
    expect(await events('license.expire')).toEqual([]);
    const useEverywhere = () =>
      Promise.all([
        app.call('check', { sessionToken }),
        app.call('login', { username: user.username, password: PASSWORD }),
        app.call('license', { licenseKey: key }),
      ]);
    await useEverywhere();
    await useEverywhere();
    expect((await events('license.expire')).map(({ data }) => data)).toEqual([
      expect.objectContaining({
        licenseId: uuidOf(user.license.id),
        licenseKey: key,
        appId: app.id,
      }),
    ]);
    await app.seller.post(app.path(`/users/${user.id}/extend`), { days: 1 });
    expect(await events('license.expire')).toHaveLength(1);
    await expire();
    await useEverywhere();
    expect(await events('license.expire')).toHaveLength(2);
  });

  test('license.delete: «deleted by an admin»', async () => {
    const { id, key } = await app.license();
    await app.seller.delete(app.path(`/licenses/${id}`));
    const [event, ...more] = await events('license.delete');
    expect(event!.data).toMatchObject({ licenseId: uuidOf(id), licenseKey: key, appId: app.id });
    expect(more).toEqual([]);
  });

  test('license.device_limit: a further device of a full licence, named', async () => {
    const user = await app.user({ hwid: HWID });
    await app.call('login', { username: user.username, password: PASSWORD, hwid: 'HWID-2' });
    await app.call('license', { licenseKey: user.license.key, hwid: 'HWID-3' });
    await app.call('license', { licenseKey: user.license.key });
    const told = (await events('license.device_limit')).map(({ data }) => data);
    expect(told.map(({ hwid }) => hwid)).toEqual(['HWID-2', 'HWID-3']);
    expect(told[0]).toEqual({
      licenseId: uuidOf(user.license.id),
      userId: uuidOf(user.id),
      username: user.username,
      maxDevices: 1,
      hwid: 'HWID-2',
      ip: '127.0.0.1',
      appId: app.id,
    });
  });

  test('auth.lockout: once, with the last try; of an unknown name as well', async () => {
    const { username } = await app.user();
    for (const name of [username, 'nobody']) {
      for (let i = 0; i < 8; i++) {
        await app.call('login', { username: name, password: `wrong password ${i}` });
      }
    }
    const reseller = await app.reseller();
    for (let i = 0; i < 8; i++) {
      const body = { appId: app.id, apiKey: app.apiKey, username: reseller.username };
      const tried = { ...body, password: `wrong password ${i}` };
      await http(app.seller.url).post('/v1/reseller/login', tried);
    }
    expect((await events('auth.lockout')).map(({ data }) => data)).toEqual(
      [
        ['user', username],
        ['user', 'nobody'],
        ['reseller', reseller.username],
      ].map(([account, name]) => ({
        account,
        username: name,
        ip: '127.0.0.1',
        lockedSeconds: 900,
        appId: app.id,
      })),
    );
  });

  test('reseller.low_balance: when a purchase goes down to ten credits, not while it is low', async () => {
    const reseller = await app.reseller({ balance: 14 });
    for (const count of [3, 1, 1]) await reseller.generate({ count });
    expect((await events('reseller.low_balance')).map(({ data }) => data)).toEqual([
      {
        resellerId: uuidOf(reseller.id),
        username: reseller.username,
        balance: 10,
        threshold: 10,
        appId: app.id,
      },
    ]);
  });

  test('every event carries what the catalogue says, in its order, and nothing else', async () => {
    const all = await server.database.rows<Event>('SELECT type, data FROM outbox_events');
    for (const { type, data } of all) {
      const { data: documented } = EVENTS[type as EventType];
      expect([type, Object.keys(data)]).toEqual([type, Object.keys(documented)]);
    }
    // The others are emitted by parts that have tests of their own.
    const seen = new Set(all.map(({ type }) => type));
    expect(EVENT_TYPES.filter((type) => !seen.has(type)).sort()).toEqual([
      'file.download',
      'file.published',
      'license.guessing_suspected',
      'license.shared_suspected',
      'user.auto_banned',
      'webhook.disabled',
    ]);
  });

  test('what fails tells nobody: a taken name, a wrong password, a missing licence', async () => {
    const user = await app.user();
    const before = await allTypes();
    const { key } = await app.license();
    const { username } = user;
    await app.call('register', { username, password: PASSWORD, licenseKey: key });
    await app.call('login', { username, password: 'wrong password' });
    await app.seller.delete(app.path(`/licenses/lic_${'0'.repeat(32)}`));
    expect(await allTypes()).toEqual(before);
  });

  test('no event holds a password or a session token', async () => {
    const user = await app.user({ hwid: HWID });
    const token = await app.login(user.username, HWID);
    const all = JSON.stringify(await server.database.rows('SELECT * FROM outbox_events'));
    expect(all).not.toContain(token.slice(5));
    expect(all).not.toContain(PASSWORD);
  });
});
