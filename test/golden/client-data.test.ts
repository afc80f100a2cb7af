import { Heartbeats } from '../../src/modules/sessions';
import { ChangeFeed } from '../../src/platform/database';
import { anApp, TestApp } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample, ISO } from './sample';

/** The rest of «Client API» of document 000: variables, messages, presence, referral codes. */
describe('client API of document 000, for a signed-in client', () => {
  let server: TestServer;
  let app: TestApp;
  let sessionToken: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
    sessionToken = await app.login((await app.user({ username: 'testuser' })).username);
  });

  /** The document's request to the letter, credentials and session replaced by real ones. */
  const request = (type: string, fields: object = {}) =>
    http(server.url).post('/v1', {
      type,
      appId: app.id,
      apiKey: app.apiKey,
      sessionToken,
      ...fields,
    });

  const shared = { key: 'download_url', value: 'https://example.com/latest.zip' };
  const own = { key: 'settings', value: 'dark_mode=true' };

  test('var: «Get an application-level variable by key. Requires a valid session.»', async () => {
    await app.seller.post(app.path('/variables'), shared);
    const answer = await request('var', { key: 'download_url' });
    expectSample(answer, 200, { success: true, data: shared });
    expect(answer.body).toEqual({ success: true, data: shared });
  });

  test('setvar: «Set a user-level variable. Each user can have their own set of key-value pairs.»', async () => {
    const answer = await request('setvar', own);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ success: true, message: 'Variable set' });
    const other = await app.login((await app.user()).username);
    expectError(
      await request('getvar', { key: own.key, sessionToken: other }),
      404,
      'Variable not found',
      'NOT_FOUND',
    );
  });

  test('getvar: «Get a user-level variable by key. Returns the value set by the current user.»', async () => {
    await request('setvar', { ...own, value: 'dark_mode=false' });
    await request('setvar', own);
    const answer = await request('getvar', { key: 'settings' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ success: true, data: own });
  });

  test('a variable of the application is none of the user, and the other way round', async () => {
    await app.seller.post(app.path('/variables'), shared);
    await request('setvar', own);
    for (const [type, key] of [
      ['var', own.key],
      ['getvar', shared.key],
    ]) {
      expectError(await request(type!, { key }), 404, 'Variable not found', 'NOT_FOUND');
    }
  });

  test('setvar keeps any text: empty, several lines, every script; 4,096 characters, not one more', async () => {
    for (const value of ['', 'a\nb\tc', '🔑 ключ', '🔑'.repeat(4_096)]) {
      expect((await request('setvar', { ...own, value })).status).toBe(200);
      expect((await request('getvar', { key: own.key })).body.data).toEqual({ ...own, value });
    }
    for (const value of ['a'.repeat(4_097), 7, true, null, { a: 1 }]) {
      const answer = await request('setvar', { ...own, value });
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].field).toBe('value');
    }
  });

  test('a key without user has variables of its own', async () => {
    const { key } = await app.license();
    const tokenOfKey = async () =>
      (await app.call('license', { licenseKey: key })).body.data.sessionToken as string;
    expect((await request('setvar', { ...own, sessionToken: await tokenOfKey() })).status).toBe(
      200,
    );
    const answer = await request('getvar', { key: own.key, sessionToken: await tokenOfKey() });
    expect(answer.body.data).toEqual(own);
    expect((await request('getvar', { key: own.key })).status).toBe(404);
  });

  test('a user keeps their variables over sessions and loses them with the account', async () => {
    await request('setvar', own);
    sessionToken = await app.login('testuser');
    expect((await request('getvar', { key: own.key })).body.data).toEqual(own);
    const [{ id }] = (await app.seller.get(app.path('/users?search=testuser'))).body.data;
    await app.seller.delete(app.path(`/users/${id}`));
    const left = await server.database.value<number>(
      'SELECT count(*)::int FROM client_variables WHERE app_id = $1',
      [app.id],
    );
    expect(left).toBe(0);
  });

  test('beyond 200 variables of a user another is refused, and those that exist are not', async () => {
    await request('setvar', own);
    await server.database.rows(
      `INSERT INTO client_variables (id, app_id, user_id, key, value)
       SELECT gen_random_uuid(), app_id, user_id, 'k' || n, ''
         FROM client_variables, generate_series(1, 199) n WHERE app_id = $1`,
      [app.id],
    );
    const more = await request('setvar', { key: 'another', value: '' });
    expectError(more, 403, 'Variable limit reached', 'VARIABLE_LIMIT');
    expect((await request('setvar', own)).status).toBe(200);
  });

  test('log: «Record a custom log message. Useful for tracking user actions in your application.»', async () => {
    const answer = await request('log', { message: 'User opened settings panel' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ success: true, message: 'Log recorded' });
    const listed = await app.seller.get(app.path('/logs'));
    expect(listed.body.data).toEqual([
      {
        id: expect.stringMatching(/^log_[0-9a-f]{32}$/),
        type: 'ACTIVITY',
        message: 'User opened settings panel',
        username: 'testuser',
        userId: expect.stringMatching(/^usr_/),
        licenseId: expect.stringMatching(/^lic_/),
        sessionId: expect.stringMatching(/^sess_/),
        hwid: null,
        ip: '127.0.0.1',
        createdAt: expect.stringMatching(ISO),
      },
    ]);
  });

  test('log: at most 500 characters, several lines, a kind of the program’s own', async () => {
    const message = `${'🔑'.repeat(498)}\n!`;
    expect((await request('log', { message, logType: 'CRASH_2' })).status).toBe(200);
    const [line] = (await app.seller.get(app.path('/logs?type=CRASH_2'))).body.data;
    expect(line).toMatchObject({ message, type: 'CRASH_2' });
    for (const fields of [
      { message: 'a'.repeat(501) },
      { message: '' },
      { message: 'bell \u0007' },
      { message: 'x', logType: 'lower' },
      { message: 'x', logType: 'A'.repeat(33) },
    ]) {
      expect((await request('log', fields)).status).toBe(400);
    }
    expect((await app.seller.get(app.path('/logs'))).body.pagination.total).toBe(1);
  });

  test.each([undefined, null, ''])('log: without a session (%j), as loaders do', async (token) => {
    const answer = await request('log', { message: 'starting', sessionToken: token });
    expect(answer.body).toEqual({ success: true, message: 'Log recorded' });
    const [line] = (await app.seller.get(app.path('/logs'))).body.data;
    expect(line).toMatchObject({ username: null, userId: null, sessionId: null, ip: '127.0.0.1' });
  });

  test('log: a session token that is given must be good', async () => {
    const answer = await request('log', { message: 'x', sessionToken: 'sess_abc123...' });
    expectError(answer, 401, 'Invalid session', 'INVALID_SESSION');
    expect((await app.seller.get(app.path('/logs'))).body.data).toEqual([]);
  });

  test('log: without a session the blacklist and a pause hold as well', async () => {
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    const log = () => request('log', { message: 'x', sessionToken: undefined });
    expectError(await log(), 403, 'Application is paused', 'APP_PAUSED');
    await app.seller.patch(app.path(), { status: 'ACTIVE' });
    await app.seller.post(app.path('/blacklist'), { type: 'IP', value: '127.0.0.1' });
    expectError(await log(), 403, 'IP address banned', 'BLACKLISTED');
  });

  test('fetch_stats answers the figures of the application', async () => {
    await app.seller.patch(app.path(), { version: '2.1.0' });
    await app.licenses({ count: 3 });
    const answer = await request('fetch_stats');
    expect(answer.body).toEqual({
      success: true,
      data: { totalUsers: 1, onlineUsers: 1, totalKeys: 4, appVersion: '2.1.0' },
    });
  });

  test('redeem_referral answers the new expiry and the days', async () => {
    const code = { code: 'summer-24', rewardDays: 7 };
    await app.seller.post(app.path('/referral-codes'), code);
    const before = (await request('check')).body.data.expiresAt as string;
    const answer = await request('redeem_referral', { code: ' Summer-24 ' });
    const expiresAt = new Date(new Date(before).getTime() + 7 * 86_400_000).toISOString();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      message: 'Referral redeemed',
      data: { expiresAt, rewardDays: 7 },
    });
    expect((await request('check')).body.data.expiresAt).toBe(expiresAt);
  });

  test('redeem_referral: a lifetime stays null', async () => {
    const { username } = await app.user({ terms: { durationType: 'lifetime' } });
    await app.seller.post(app.path('/referral-codes'), { code: 'ABC', rewardDays: 7 });
    sessionToken = await app.login(username);
    const answer = await request('redeem_referral', { code: 'ABC' });
    expect(answer.body.data).toEqual({ expiresAt: null, rewardDays: 7 });
  });

  test.each(['var', 'setvar', 'getvar', 'fetch_online', 'fetch_stats', 'redeem_referral'])(
    '%s: «Invalid session» without a live one',
    async (type) => {
      const fields = { ...own, code: 'ABC', sessionToken: 'sess_abc123...' };
      expectError(await request(type, fields), 401, 'Invalid session', 'INVALID_SESSION');
      await request('logout');
      expectError(
        await request(type, { ...own, code: 'ABC' }),
        401,
        'Invalid session',
        'INVALID_SESSION',
      );
    },
  );

  test.each(['var', 'getvar', 'log', 'fetch_online', 'fetch_stats'])(
    '%s renews the session, as check does',
    async (type) => {
      await request('check');
      await server.database.rows(
        "UPDATE sessions SET last_seen_at = last_seen_at - interval '23 hours' WHERE app_id = $1",
        [app.id],
      );
      server.app.get(ChangeFeed, { strict: false }).deliver('everything:');
      await request(type, { ...own, message: 'x' });
      await server.app.get(Heartbeats, { strict: false }).flush();
      const silent = await server.database.value<number>(
        'SELECT extract(epoch FROM clock_timestamp() - last_seen_at)::int FROM sessions WHERE app_id = $1',
        [app.id],
      );
      expect(silent).toBeLessThan(60);
    },
  );
});
