import { anApp, PASSWORD, TestApp } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectSample, ISO } from './sample';

const HWID = 'HWID-A1B2C3D4';
const USER = { username: 'testuser', level: 1, expiresAt: '2025-12-31T23:59:59.000Z' };

/** «All client operations go through POST /v1 with a JSON body. The type field determines the operation.» */
describe('client API of document 000', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  /** The document's request to the letter, the credentials replaced by real ones. */
  const request = (type: string, fields: object) =>
    http(server.url).post('/v1', { type, appId: app.id, apiKey: app.apiKey, ...fields });

  test('init: «Initialize your application. Must be called before any other client request.»', async () => {
    await app.seller.patch(app.path(), { name: 'My App' });
    const answer = await request('init', {});
    expectSample(
      answer,
      200,
      {
        success: true,
        message: 'App initialized',
        data: { name: 'My App', version: '1.0.0', updateUrl: null },
      },
      ['data.hwidLock', 'data.hashCheck'],
    );
    expect(answer.body).toMatchObject({
      message: 'App initialized',
      data: { name: 'My App', version: '1.0.0', updateUrl: null, hwidLock: true, hashCheck: false },
    });
  });

  test('login: «Authenticate a user with username, password, and optional HWID. Returns a session token.»', async () => {
    const { key } = await app.license();
    const credentials = { username: 'testuser', password: 'securepass', hwid: HWID };
    const made = await request('register', { ...credentials, licenseKey: key });
    const answer = await request('login', credentials);
    expectSample(
      answer,
      200,
      {
        success: true,
        message: 'Login successful',
        data: { ...USER, sessionToken: 'sess_abc123def456...' },
      },
      ['data.subscription'],
    );
    expect(answer.body.message).toBe('Login successful');
    expect(answer.body.data).toEqual({
      username: 'testuser',
      level: 1,
      expiresAt: made.body.data.expiresAt,
      sessionToken: expect.stringMatching(/^sess_[\w-]{43}$/),
      subscription: null,
    });
    expect(answer.body.data.expiresAt).toMatch(ISO);
  });

  test('register: «Register a new user with a valid license key. Activates the license and creates the user.»', async () => {
    const license = await app.license({ prefix: 'AUTH' });
    const answer = await request('register', {
      username: 'newuser',
      password: 'securepass',
      licenseKey: license.key,
      hwid: HWID,
    });
    expectSample(answer, 200, {
      success: true,
      message: 'Registration successful',
      data: { ...USER, username: 'newuser' },
    });
    expect(answer.body).toMatchObject({
      message: 'Registration successful',
      data: { username: 'newuser', level: 1 },
    });
    const stored = await app.seller.get(app.path(`/licenses/${license.id}`));
    expect(stored.body.data).toMatchObject({
      status: 'USED',
      expiresAt: answer.body.data.expiresAt,
    });
    const users = await app.seller.get(app.path('/users'));
    expect(users.body.data).toEqual([expect.objectContaining({ username: 'newuser', hwid: HWID })]);
  });

  test('license: «Authenticate with license key only (no username/password needed). Activates unused keys automatically.»', async () => {
    const license = await app.license({ prefix: 'AUTH' });
    const answer = await request('license', { licenseKey: license.key, hwid: HWID });
    expectSample(
      answer,
      200,
      {
        success: true,
        message: 'License activated',
        data: { level: 1, expiresAt: '2025-12-31T23:59:59.000Z' },
      },
      ['data.sessionToken', 'data.username', 'data.subscription'],
    );
    expect(answer.body.message).toBe('License activated');
    const stored = await app.seller.get(app.path(`/licenses/${license.id}`));
    expect(stored.body.data).toMatchObject({
      status: 'USED',
      expiresAt: answer.body.data.expiresAt,
    });
  });

  test('check: «Verify if a session token is still valid. Updates the heartbeat timestamp.»', async () => {
    const user = await app.user({ username: 'testuser' });
    const sessionToken = await app.login(user.username);
    const answer = await request('check', { sessionToken });
    expectSample(answer, 200, { success: true, message: 'Session valid', data: USER });
    expect(answer.body).toMatchObject({
      message: 'Session valid',
      data: { username: 'testuser', level: 1 },
    });
  });

  test('check: a lifetime licence answers expiresAt null', async () => {
    const user = await app.user({ terms: { durationType: 'lifetime' } });
    const sessionToken = await app.login(user.username);
    expect((await request('check', { sessionToken })).body.data.expiresAt).toBeNull();
  });

  test('logout ends the session; its answer is in the documented success shape', async () => {
    const user = await app.user();
    const sessionToken = await app.login(user.username);
    const answer = await request('logout', { sessionToken });
    expectSample(answer, 200, { success: true, message: 'Logged out' });
    expect((await request('check', { sessionToken })).body.message).toBe('Invalid session');
  });

  test('hwid is optional: absent, null and empty are the same', async () => {
    const user = await app.user();
    const { username } = user;
    for (const hwid of [undefined, null, '']) {
      const answer = await request('login', { username, password: PASSWORD, hwid });
      expect(answer.body).toMatchObject({ success: true, message: 'Login successful' });
    }
  });

  test('an unknown field is dropped, as old client libraries need it', async () => {
    expect((await request('init', { sdkVersion: '2.1' })).status).toBe(200);
  });

  test('an unknown type names those that exist', async () => {
    const answer = await request('reboot', {});
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ success: false, code: 'INVALID_INPUT' });
    expect(answer.body.message).toContain('init, login, register, license, check, logout');
  });
});
