import { anApp, PASSWORD, TestApp } from '../factories';
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

const useKey = (licenseKey: string, hwid?: string) => app.call('license', { licenseKey, hwid });

describe('D-A1: an unknown licence', () => {
  test('D-A1: is 401 where the key is the credential, 404 on admin routes', async () => {
    const client = await useKey('AUTH-XXXX-XXXX-XXXX');
    expectError(client, 401, 'Invalid license key', 'INVALID_LICENSE_KEY');
    for (const path of [
      `/licenses/lic_${'0'.repeat(32)}`,
      '/licenses/lic_1',
      '/licenses/by-key/AUTH-XXXX-XXXX-XXXX',
    ]) {
      const admin = await app.seller.get(app.path(path));
      expectError(admin, 404, 'License not found', 'LICENSE_NOT_FOUND');
    }
  });
});

describe('D-A2: the answer of license', () => {
  test("D-A2: the seed's fields plus sessionToken, username null and subscription", async () => {
    const { key } = await app.license({ subscription: 'Pro', level: 3 });
    const { data } = (await useKey(key)).body;
    expect(data).toEqual({
      level: 3,
      expiresAt: expect.any(String),
      sessionToken: expect.stringMatching(/^sess_/),
      username: null,
      subscription: 'Pro',
    });
    const check = await app.call('check', { sessionToken: data.sessionToken });
    expect(check.body.data).toMatchObject({ username: null, level: 3 });
  });

  test('D-A2: «License activated» on first use, «License valid» afterwards, expiry unmoved', async () => {
    const { key } = await app.license();
    const first = await useKey(key);
    const second = await useKey(key);
    expect([first.body.message, second.body.message]).toEqual([
      'License activated',
      'License valid',
    ]);
    expect(second.body.data.expiresAt).toBe(first.body.data.expiresAt);
  });
});

describe('D-A10: licence keys', () => {
  const LETTERS = '[A-HJ-NP-Z2-9]';

  test('D-A10: 4-4-4-4 without a prefix, PREFIX-4-4-4 with one, no look-alikes', async () => {
    for (const { key } of await app.licenses({ count: 50 })) {
      expect(key).toMatch(new RegExp(`^${LETTERS}{4}(-${LETTERS}{4}){3}$`));
    }
    for (const { key } of await app.licenses({ count: 50, prefix: 'PRO' })) {
      expect(key).toMatch(new RegExp(`^PRO(-${LETTERS}{4}){3}$`));
    }
  });

  test('D-A10: the prefix is upper-cased', async () => {
    expect(await app.license({ prefix: 'my_app-1' })).toMatchObject({
      key: expect.stringMatching(/^MY_APP-1(-[A-Z2-9]{4}){3}$/),
      prefix: 'MY_APP-1',
    });
  });

  test.each(['', 'a b', 'pré', 'x'.repeat(17), 'A.B', 5])(
    'D-A10: prefix %j is refused',
    async (prefix) => {
      const body = { durationType: '1d', prefix };
      const answer = await app.seller.post(app.path('/licenses'), body);
      expect(answer.status).toBe(400);
      expect(answer.body.message).toMatch(/^prefix: /);
    },
  );

  test('D-A10: input is trimmed and upper-cased before look-up, on every route that takes a key', async () => {
    const license = await app.license({ prefix: 'VIP' });
    const sloppy = `  ${license.key.toLowerCase()} `;
    const found = await app.seller.get(app.path(`/licenses/by-key/${encodeURIComponent(sloppy)}`));
    expect(found.body.data.id).toBe(license.id);
    const fields = { username: 'newuser', password: PASSWORD, licenseKey: sloppy };
    expect((await app.call('register', fields)).status).toBe(200);
    expect((await useKey(sloppy)).status).toBe(200);
  });

  test('D-A10: a key is unique in its application', async () => {
    const [one, two] = await app.licenses({ count: 2 });
    const twin = server.database.rows('UPDATE licenses SET key = $1 WHERE key = $2', [
      one!.key,
      two!.key,
    ]);
    await expect(twin).rejects.toThrow('licenses_app_key');
  });

  test('D-A10: an application may choose a longer format', async () => {
    await app.seller.patch(app.path(), { keyFormat: 'XXXXX-XXXXX-XXXXX-XXXXX' });
    const { key } = await app.license();
    expect(key).toMatch(new RegExp(`^${LETTERS}{5}(-${LETTERS}{5}){3}$`));
    const prefixed = await app.license({ prefix: 'VIP' });
    expect(prefixed.key).toMatch(new RegExp(`^VIP(-${LETTERS}{5}){3}$`));
    expect((await useKey(key)).status).toBe(200);
  });
});

describe('D-A13: extend', () => {
  const extend = (userId: string, days: unknown) =>
    app.seller.post(app.path(`/users/${userId}/extend`), { days });
  const expiryOf = (key: string) =>
    server.database.value<Date | null>('SELECT expires_at FROM licenses WHERE key = $1', [key]);
  const DAY_MS = 86_400_000;

  test('D-A13: counts from the current expiry while it runs', async () => {
    const user = await app.user();
    const before = await expiryOf(user.license.key);
    const answer = await extend(user.id, 1);
    expect(answer.body.data.expiresAt).toBe(new Date(before!.getTime() + DAY_MS).toISOString());
  });

  test('D-A13: counts from now when it has run out', async () => {
    const user = await app.user();
    await server.database.rows(
      "UPDATE licenses SET expires_at = now() - interval '100 days' WHERE key = $1",
      [user.license.key],
    );
    const before = await server.database.value<Date>('SELECT clock_timestamp()');
    const answer = await extend(user.id, 7);
    const after = await server.database.value<Date>('SELECT clock_timestamp()');
    const base = Date.parse(answer.body.data.expiresAt) - 7 * DAY_MS;
    expect(base).toBeGreaterThanOrEqual(before.getTime());
    expect(base).toBeLessThanOrEqual(after.getTime());
    expect((await app.call('login', { username: user.username, password: PASSWORD })).status).toBe(
      200,
    );
  });

  test('D-A13: lifetime stays null (200, unchanged)', async () => {
    const user = await app.user({ terms: { durationType: 'lifetime' } });
    const answer = await extend(user.id, 30);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ expiresAt: null });
    expect(await expiryOf(user.license.key)).toBeNull();
  });

  test.each([0, -1, 1.5, 3_651, '30', null, undefined])(
    'D-A13: days is a whole number 1–3650: %j is refused',
    async (days) => {
      const user = await app.user();
      const before = await expiryOf(user.license.key);
      const answer = await extend(user.id, days);
      const message = 'days: must be a whole number from 1 to 3650';
      expectError(answer, 400, message, 'INVALID_INPUT');
      expect(await expiryOf(user.license.key)).toEqual(before);
    },
  );

  test.each([1, 3_650])('D-A13: %d days are taken', async (days) => {
    const user = await app.user();
    const answer = await extend(user.id, days);
    expect(answer.body.message).toBe(`Subscription extended by ${days} days`);
  });
});
