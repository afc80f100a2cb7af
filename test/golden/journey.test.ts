import { anApp, PASSWORD } from '../factories';
import { startTestServer, TestServer } from '../support/server';

describe('the first journey', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  test('from a key to a licensed, signed-in client and back out', async () => {
    const app = await anApp(server.url);
    const key = (await app.license({ prefix: 'VIP', level: 2 })).key;
    expect(key).toMatch(/^VIP-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/);
    const init = await app.call('init');
    expect(init.body).toEqual({
      success: true,
      message: 'App initialized',
      data: {
        name: 'Test App',
        version: '1.0.0',
        updateUrl: null,
        hwidLock: true,
        hashCheck: false,
      },
    });
    const fields = { username: 'newuser', password: PASSWORD, hwid: 'HWID-A1B2C3D4' };
    const registered = await app.call('register', { ...fields, licenseKey: key });
    expect(registered.text).toContain('Registration successful');
    const login = await app.call('login', fields);
    expect(login.body.message).toBe('Login successful');
    const { sessionToken } = login.body.data;
    for (let i = 0; i < 3; i++) {
      const check = await app.call('check', { sessionToken });
      expect(check.body).toEqual({
        success: true,
        message: 'Session valid',
        data: { username: 'newuser', level: 2, expiresAt: registered.body.data.expiresAt },
      });
    }
    expect((await app.call('logout', { sessionToken })).body).toEqual({
      success: true,
      message: 'Logged out',
    });
    expect((await app.call('check', { sessionToken })).status).toBe(401);
  });
});
