import { anApp, PASSWORD, TestApp, unique } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError } from './sample';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await anApp(server.url);
});

const count = (sql: string) => server.database.value<number>(sql, [app.id]);

describe('D-A19: settings of an application', () => {
  const SETTINGS = {
    name: 'Renamed',
    version: '2.1.0',
    status: 'PAUSED',
    updateUrl: 'https://example.com/latest.zip',
    hwidLock: false,
    hashCheck: true,
    hashes: ['0cc175b9c0f1b6a831c399e269772661'],
    hwidResetCooldownHours: 24,
    sessionTtlSeconds: 3_600,
    keyFormat: 'XXXXX-XXXXX-XXXXX-XXXXX',
  };

  test.each(Object.entries(SETTINGS))('D-A19: PATCH sets %s alone', async (name, value) => {
    const before = (await app.seller.get(app.path())).body.data;
    const answer = await app.seller.patch(app.path(), { [name]: value });
    expect(answer.body).toEqual({ success: true, data: { ...before, [name]: value } });
    expect((await app.seller.get(app.path())).body).toEqual(answer.body);
  });

  test('D-A19: the hash check lets only listed programs pass init', async () => {
    await app.seller.patch(app.path(), { hashCheck: true, hashes: ['good'] });
    for (const fields of [{}, { hash: 'bad' }, { hash: '' }, { hash: null }]) {
      const answer = await app.call('init', fields);
      expectError(answer, 403, 'Application hash mismatch', 'APP_HASH_MISMATCH');
    }
    expect((await app.call('init', { hash: 'good' })).body.data.hashCheck).toBe(true);
  });

  test('D-A19: a hash is ignored while the check is off', async () => {
    expect((await app.call('init', { hash: 'whatever' })).status).toBe(200);
  });

  test.each([
    ['an unknown setting', { color: 'red' }],
    ['a bool sent as text', { hwidLock: 'false' }],
    ['a negative cooldown', { hwidResetCooldownHours: -1 }],
    ['an unknown status', { status: 'DELETED' }],
    ['an address that is none', { updateUrl: 'javascript:alert(1)' }],
  ])('D-A19: %s is refused and nothing is changed', async (_, body) => {
    const before = (await app.seller.get(app.path())).text;
    const answer = await app.seller.patch(app.path(), { name: 'Other', ...body });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect((await app.seller.get(app.path())).text).toBe(before);
  });
});

describe('D-A19: users without a key', () => {
  const create = (fields: object) =>
    app.seller.post(app.path('/users'), {
      username: unique('user'),
      password: PASSWORD,
      ...fields,
    });

  test('D-A19: a seller creates a user, who then signs in', async () => {
    const made = await create({ durationType: '30d', level: 4 });
    expect([made.status, made.body.message]).toEqual([201, 'User created']);
    const { username, expiresAt } = made.body.data;
    const login = await app.call('login', { username, password: PASSWORD });
    expect(login.body.data).toMatchObject({ username, level: 4, expiresAt });
  });

  test('D-A19: freeze ends the sessions and unfreeze lets back in', async () => {
    const user = await app.user();
    const sessionToken = await app.login(user.username);
    const act = (verb: string) => app.seller.post(app.path(`/users/${user.id}/${verb}`));
    expect((await act('freeze')).body).toEqual({ success: true, message: 'User frozen' });
    expect((await app.call('check', { sessionToken })).status).toBe(401);
    expect((await act('unfreeze')).body).toEqual({ success: true, message: 'User unfrozen' });
    expect(await app.login(user.username)).toMatch(/^sess_/);
  });

  test('D-A19: level, expiry, note and password of a user can be changed', async () => {
    const user = await app.user();
    const sessionToken = await app.login(user.username);
    const path = app.path(`/users/${user.id}`);
    const change = { level: 7, expiresAt: '2125-01-01T00:00:00.000Z', note: 'Moderator' };
    const answer = await app.seller.patch(path, change);
    expect(answer.body.data).toMatchObject(change);
    const check = await app.call('check', { sessionToken });
    expect(check.body.data).toMatchObject({ level: 7, expiresAt: change.expiresAt });
    await app.seller.patch(path, { password: 'another password' });
    expect((await app.call('check', { sessionToken })).status).toBe(401);
    const fields = { username: user.username, password: 'another password' };
    expect((await app.call('login', fields)).status).toBe(200);
  });
});

describe('D-A24 and D-A25', () => {
  test('D-A24: register opens no session; the client logs in next', async () => {
    const { key } = await app.license();
    const user = { username: 'newuser', password: PASSWORD };
    const answer = await app.call('register', { ...user, licenseKey: key });
    expect(Object.keys(answer.body.data)).toEqual(['username', 'level', 'expiresAt']);
    expect(await count('SELECT count(*)::int FROM sessions WHERE app_id = $1')).toBe(0);
    expect((await app.call('login', user)).status).toBe(200);
  });

  test('D-A25: the version is informational: no client is refused for it', async () => {
    await app.seller.patch(app.path(), { version: '99.0.0' });
    const answer = await app.call('init', { version: '1.0.0' });
    expect([answer.status, answer.body.data.version]).toEqual([200, '99.0.0']);
  });

  test('D-A25: updateUrl is null until set, and again once cleared', async () => {
    const updateUrl = async () => (await app.call('init')).body.data.updateUrl;
    expect(await updateUrl()).toBeNull();
    await app.seller.patch(app.path(), { updateUrl: 'https://example.com/latest.zip' });
    expect(await updateUrl()).toBe('https://example.com/latest.zip');
    await app.seller.patch(app.path(), { updateUrl: null });
    expect(await updateUrl()).toBeNull();
  });
});

describe('D-A8: verbs', () => {
  test('D-A8: a wrong verb on a documented path is 405 and names the right ones', async () => {
    const token = app.seller.accessToken;
    const answer = await http(server.url).delete('/v1/auth/profile', { token });
    expectError(answer, 405, 'Method not allowed', 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('GET');
  });
});
