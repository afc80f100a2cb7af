import { anApp, aSeller, PASSWORD, TestApp, unique } from '../factories';
import { Answer, http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectSample } from './sample';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  app = await anApp(server.url);
});
afterAll(() => server.close());

const HWID = 'ABCD-1234-EFGH';
const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

function client(path: string, body: object, key = app.apiKey): Promise<Answer> {
  return http(server.url).post(`/v1/client/${path}`, body, { headers: { 'x-api-key': key } });
}

/** The document's error table and shape: the code twice, the sentence under `error` (D-B4). */
function expectRefusal(answer: Answer, status: number, code: string, error?: string): void {
  const { requestId, errors, ...body } = answer.body;
  expect({ status: answer.status, body }).toEqual({
    status,
    body: { success: false, code, message: code, error: error ?? expect.any(String) },
  });
  expect(typeof requestId).toBe('string');
  if (errors !== undefined) expect(Array.isArray(errors)).toBe(true);
}

async function registered(terms: object = {}) {
  const username = unique('testuser');
  const license = await app.license(terms);
  const body = { username, password: PASSWORD, licenseKey: license.key, hwid: HWID };
  const answer = await client('register', body);
  expect(answer.status).toBe(201);
  return { username, license, id: answer.body.data.user.id as string, answer };
}

describe('client API of document 001', () => {
  test('login: «Authenticate a user with username, password, and optional HWID.»', async () => {
    const { username } = await registered({ subscription: 'premium' });
    const answer = await client('login', { username, password: PASSWORD, hwid: HWID });
    const user = {
      id: 'usr_abc123',
      username: 'testuser',
      hwid: HWID,
      subscription: 'premium',
      expiresAt: '2026-12-31T23:59:59Z',
    };
    expectSample(answer, 200, { success: true, data: { token: 'eyJhbG...', user } });
    expect(answer.body.data).toMatchObject({
      token: expect.stringMatching(JWT),
      user: { username, hwid: HWID, subscription: 'premium' },
    });
  });

  test('register: «Register a new user with a license key.» It signs in as well (D-B3)', async () => {
    const { answer, username } = await registered();
    const user = { id: 'usr_def456', username: 'newuser' };
    expectSample(answer, 201, { success: true, data: { token: 'eyJhbG...', user } });
    expect(answer.body.data.user.username).toBe(username);
    const { token } = answer.body.data;
    expect((await app.call('check', { sessionToken: token })).body.message).toBe('Session valid');
  });

  test('license: «Login with license key only (no username/password).»', async () => {
    const { key } = await app.license();
    const answer = await client('license', { licenseKey: key, hwid: HWID });
    const license = { key: 'XXXX-XXXX-XXXX-XXXX', expiresAt: '2026-12-31T23:59:59Z', hwid: HWID };
    expectSample(answer, 200, { success: true, data: { token: 'eyJhbG...', license } });
    expect(answer.body.data.license).toMatchObject({ key, hwid: HWID });
  });

  test('the error table', async () => {
    const { username, license } = await registered();
    const login = { username, password: PASSWORD, hwid: HWID };
    expectRefusal(await client('login', login, 'ak_nothing'), 401, 'INVALID_KEY');
    expectRefusal(await http(server.url).post('/v1/client/login', login), 401, 'INVALID_KEY');
    expectRefusal(
      await client('login', { ...login, password: 'wrong' }),
      401,
      'INVALID_CREDENTIALS',
      'Invalid credentials',
    );
    expectRefusal(
      await client('login', { ...login, hwid: 'OTHER' }),
      403,
      'HWID_MISMATCH',
      'Hardware ID mismatch',
    );
    await server.database.rows('UPDATE licenses SET expires_at = now() WHERE key = $1', [
      license.key,
    ]);
    expectRefusal(await client('login', login), 403, 'LICENSE_EXPIRED', 'Subscription expired');
    await app.seller.post(app.path('/blacklist'), { type: 'HWID', value: HWID });
    expectRefusal(await client('login', login), 403, 'BLACKLISTED', 'Hardware banned');
    expectRefusal(await http(server.url).get('/v1/client/nothing'), 404, 'NOT_FOUND');
  });

  test('fields the server does not know are dropped, bad ones named', async () => {
    const { key } = await app.license();
    expect((await client('license', { licenseKey: key, sdk: 'go/1.2' })).status).toBe(200);
    const answer = await client('login', { username: 7, password: null });
    expectRefusal(answer, 400, 'INVALID_INPUT');
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'username',
      'password',
    ]);
  });

  test('D-B3: the token is the session: it dies with it, in its own application only', async () => {
    const { answer } = await registered();
    const sessionToken = answer.body.data.token as string;
    const foreign = await anApp(server.url);
    expect((await foreign.call('check', { sessionToken })).body.message).toBe('Invalid session');
    const forged = `${sessionToken.slice(0, -4)}AAAA`;
    expect((await app.call('check', { sessionToken: forged })).body.message).toBe(
      'Invalid session',
    );
    const { accessToken } = app.seller;
    const asSession = await app.call('check', { sessionToken: accessToken });
    expect(asSession.body.message).toBe('Invalid session');
    const asSeller = await http(server.url).get('/v1/admin/apps', { token: sessionToken });
    expect(asSeller.status).toBe(401);
    expect((await app.call('check', { sessionToken })).status).toBe(200);
    const listed = await app.seller.get(app.path('/sessions'));
    await app.seller.delete(app.path(`/sessions/${listed.body.data[0].id}`));
    expect((await app.call('check', { sessionToken })).body.message).toBe('Invalid session');
  });
});

describe('admin paths of document 001', () => {
  test('apps: created with a secret, shown once (D-B8); the prefix of a key is opaque (D-B1)', async () => {
    const made = await app.seller.post('/v1/admin/apps', { name: 'My App' });
    expect(made.body.data.secret).toMatch(/^[0-9a-f]{64}$/);
    const listed = await app.seller.get('/v1/admin/apps');
    expect(listed.text).not.toContain(made.body.data.secret);
    expect(listed.body.data[0]).toMatchObject({
      name: 'My App',
      apiKey: expect.stringMatching(/^as_/),
      version: '1.0.0',
      status: 'ACTIVE',
      _count: { appUsers: 0, licenses: 0 },
    });
  });

  test('licenses/generate: the body of document 000 with the application in it (D-B5, D-B10)', async () => {
    const terms = { durationType: '30d', count: 2, prefix: 'pro', subscription: 'premium' };
    const answer = await app.seller.post('/v1/admin/licenses/generate', {
      appId: app.id,
      ...terms,
    });
    expect(answer.status).toBe(201);
    expect(answer.body.data).toHaveLength(2);
    expect(answer.body.data[0]).toMatchObject({
      key: expect.stringMatching(/^PRO-/),
      appId: app.id,
      status: 'UNUSED',
      durationType: '30d',
      subscription: 'premium',
    });
    const bad = await app.seller.post('/v1/admin/licenses/generate', { appId: app.id, count: 101 });
    expectRefusal(bad, 400, 'INVALID_INPUT');
    expect(bad.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'count',
      'durationType',
    ]);
  });

  test('users: list, read, change, delete', async () => {
    const { id, username } = await registered();
    await registered();
    const list = await app.seller.get(`/v1/admin/users?appId=${app.id}&search=${username}`);
    expect(list.body.data).toEqual([expect.objectContaining({ id, username, hwid: HWID })]);
    expect(list.body.pagination).toMatchObject({ page: 1, limit: 20, total: 1 });
    const path = `/v1/admin/users/${id}`;
    expect((await app.seller.get(path)).body.data).toMatchObject({ id, status: 'ACTIVE' });
    const expiresAt = '2031-01-01T00:00:00.000Z';
    const changes = { level: 7, expiresAt, status: 'BANNED', note: 'Seen cheating' };
    const changed = await app.seller.patch(path, changes);
    expect(changed.body.data).toMatchObject({ id, ...changes });
    const login = { username, password: PASSWORD, hwid: HWID };
    expectRefusal(await client('login', login), 403, 'ACCOUNT_BANNED', 'Account banned');
    await app.seller.patch(path, { status: 'ACTIVE' });
    expect((await client('login', login)).status).toBe(200);
    expect((await app.seller.delete(path)).body).toEqual({
      success: true,
      message: 'User deleted',
    });
    expectRefusal(await app.seller.get(path), 404, 'NOT_FOUND', 'User not found');
  });

  test('a ban by PATCH ends the live sessions and tells subscribers once', async () => {
    const { id, answer } = await registered();
    const path = `/v1/admin/users/${id}`;
    for (let i = 0; i < 2; i++) await app.seller.patch(path, { status: 'BANNED' });
    const check = await app.call('check', { sessionToken: answer.body.data.token });
    expect(check.body.message).toBe('Invalid session');
    const events = await server.database.rows(
      "SELECT 1 FROM outbox_events WHERE app_id = $1 AND type = 'user.ban'",
      [app.id],
    );
    expect(events).toHaveLength(1);
  });

  test('blacklist: the body of document 000 with the application in it', async () => {
    const body = { appId: app.id, type: 'HWID', value: HWID, reason: 'Sharing' };
    const answer = await app.seller.post('/v1/admin/blacklist', body);
    const data = { id: 'bl_abc123', type: 'HWID', value: HWID, reason: 'Sharing' };
    expectSample(answer, 201, { success: true, data });
    const again = await app.seller.post('/v1/admin/blacklist', body);
    expectRefusal(again, 409, 'BLACKLIST_ENTRY_EXISTS');
  });

  test('S-01 an application or user of somebody else is a missing one, to the byte', async () => {
    const { id } = await registered();
    const stranger = await aSeller(server.url);
    const missing = '94c39ce0-b3d3-481a-b2ac-4eae5fba888d';
    const none = `usr_${'0'.repeat(32)}`;
    const ask = (appId: string, userId: string) => [
      stranger.post('/v1/admin/licenses/generate', { appId, durationType: '1d' }),
      stranger.post('/v1/admin/blacklist', { appId, type: 'HWID', value: 'X' }),
      stranger.get(`/v1/admin/users?appId=${appId}`),
      stranger.get(`/v1/admin/users/${userId}`),
      stranger.patch(`/v1/admin/users/${userId}`, { level: 9 }),
      stranger.delete(`/v1/admin/users/${userId}`),
    ];
    const plain = async (answers: Promise<Answer>[]) =>
      (await Promise.all(answers)).map(({ status, text }) => [
        status,
        text.replace(/"requestId":"[^"]*"/, ''),
      ]);
    const foreign = await plain(ask(app.id, id));
    expect(foreign).toEqual(await plain(ask(missing, none)));
    expect(new Set(foreign.map(([status]) => status))).toEqual(new Set([404]));
    expect((await app.seller.get(`/v1/admin/users/${id}`)).body.data.level).toBe(1);
  });
});

describe('reseller paths of document 001', () => {
  test('keys/generate, keys, stats: what document 000 answers, charged from one balance (D-B5)', async () => {
    const reseller = await app.reseller({ balance: 10 });
    const made = await reseller.post('/keys/generate', { count: 4, durationType: '30d' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ success: true, balance: 6 });
    expect(made.body.data).toHaveLength(4);
    const [first] = made.body.data as { key: string; id: string }[];
    await app.call('license', { licenseKey: first!.key });
    const listed = await reseller.get('/keys?status=USED');
    expect(listed.body.data).toEqual([expect.objectContaining({ ...first, status: 'USED' })]);
    const stats = await reseller.get('/stats');
    const data = { balance: 6, totalKeys: 4, usedKeys: 1, unusedKeys: 3 };
    expect(stats.body).toEqual({ success: true, data });
    const broke = await reseller.post('/keys/generate', { count: 7, durationType: '30d' });
    expectRefusal(broke, 403, 'INSUFFICIENT_BALANCE', 'Insufficient balance');
    const many = await reseller.post('/keys/generate', { count: 51, durationType: '30d' });
    expectRefusal(many, 400, 'INVALID_INPUT');
    expectRefusal(await http(server.url).get('/v1/reseller/keys'), 401, 'UNAUTHENTICATED');
  });
});
