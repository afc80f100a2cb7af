import { anApp, aSeller, PASSWORD, TestApp } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const blacklist = async (app: TestApp, type: string, value: string): Promise<string> => {
  const answer = await app.seller.post(app.path('/blacklist'), { type, value });
  return answer.body.data.id as string;
};

describe('D-A11: the order of checks in login', () => {
  test('D-A11: with everything wrong at once, each fault shows only when those before it are lifted', async () => {
    const app = await anApp(server.url);
    const user = await app.user({ hwid: 'BOUND' });
    const userPath = app.path(`/users/${user.id}`);
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    const listed = [
      await blacklist(app, 'IP', '127.0.0.1'),
      await blacklist(app, 'HWID', 'FOREIGN'),
      await blacklist(app, 'USERNAME', user.username),
      await blacklist(app, 'KEY', user.license.key),
    ];
    await app.seller.post(`${userPath}/ban`, { reason: 'r' });
    await server.database.rows('UPDATE licenses SET expires_at = now() WHERE app_id = $1', [
      app.id,
    ]);

    const wrongKey = { apiKey: 'as_wrong' };
    const wrong = { username: user.username, password: 'wrong password', hwid: 'FOREIGN' };
    const right = { ...wrong, password: PASSWORD };
    const unlist = (i: number) => app.seller.delete(app.path(`/blacklist/${listed[i]}`));
    const steps: [string, object, (() => Promise<unknown>)?][] = [
      ['Invalid appId or apiKey', { ...wrong, ...wrongKey }],
      ['Application is paused', wrong, () => app.seller.patch(app.path(), { status: 'ACTIVE' })],
      ['IP address banned', wrong, () => unlist(0)],
      ['Hardware banned', wrong, () => unlist(1)],
      ['Username banned', wrong, () => unlist(2)],
      ['Invalid credentials', wrong],
      ['License is banned', right, () => unlist(3)],
      [
        'Account banned',
        right,
        async () => {
          await app.seller.post(`${userPath}/unban`);
          await app.seller.post(`${userPath}/freeze`);
        },
      ],
      [
        'Account is frozen. Contact admin to unfreeze.',
        right,
        () => app.seller.post(`${userPath}/unfreeze`),
      ],
      ['Subscription expired', right, () => app.seller.post(`${userPath}/extend`, { days: 1 })],
      ['Hardware ID mismatch', right, () => app.seller.post(`${userPath}/reset-hwid`)],
      ['Login successful', right],
    ];
    const told: string[] = [];
    for (const [, fields, lift] of steps) {
      told.push((await app.call('login', fields)).body.message);
      await lift?.();
    }
    expect(told).toEqual(steps.map(([message]) => message));
  });

  test('D-A11: a ban is not revealed before the password is right: banned and unknown answer the same bytes', async () => {
    const app = await anApp(server.url);
    const user = await app.user();
    await app.seller.post(app.path(`/users/${user.id}/ban`), {});
    const options = { headers: { 'x-request-id': 'same' } };
    const tryAs = (username: string) =>
      app.call('login', { username, password: 'wrong password' }, options);
    const banned = await tryAs(user.username);
    expect(banned.body.message).toBe('Invalid credentials');
    expect(banned.text).toBe((await tryAs('nobody-of-that-name')).text);
  });

  test('D-A11: a paused application answers every type so, before it looks at anything else', async () => {
    const app = await anApp(server.url);
    const { key } = await app.license();
    const sessionToken = await app.login((await app.user()).username);
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    const user = { username: 'u', password: PASSWORD };
    for (const [type, fields] of [
      ['init', {}],
      ['login', user],
      ['register', { ...user, licenseKey: key }],
      ['license', { licenseKey: key }],
      ['check', { sessionToken }],
    ] as const) {
      expect([type, (await app.call(type, fields)).body.message]).toEqual([
        type,
        'Application is paused',
      ]);
    }
  });
});

describe('D-A12: blacklist types', () => {
  test('D-A12: IP, HWID and USERNAME, each with its own message', async () => {
    const messages: Record<string, string> = {};
    for (const [type, value] of [
      ['IP', '127.0.0.1'],
      ['HWID', 'HWID-1'],
      ['USERNAME', 'mallory'],
    ] as const) {
      const app = await anApp(server.url);
      await blacklist(app, type, value);
      const fields = { username: 'mallory', password: PASSWORD, hwid: 'HWID-1' };
      messages[type] = (await app.call('login', fields)).body.message;
    }
    expect(messages).toEqual({
      IP: 'IP address banned',
      HWID: 'Hardware banned',
      USERNAME: 'Username banned',
    });
  });

  test('D-A12: no other type exists', async () => {
    const app = await anApp(server.url);
    const body = { type: 'EMAIL', value: 'x' };
    const answer = await app.seller.post(app.path('/blacklist'), body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toBe('type: must be one of IP, HWID, USERNAME, KEY');
  });

  test('D-A12: a blacklist entry also stops a session that is already open', async () => {
    const app = await anApp(server.url);
    const user = await app.user({ hwid: 'HWID-1' });
    const sessionToken = await app.login(user.username, 'HWID-1');
    for (let i = 0; i < 2; i++) {
      expect((await app.call('check', { sessionToken })).status).toBe(200);
    }
    const id = await blacklist(app, 'HWID', 'HWID-1');
    expect((await app.call('check', { sessionToken })).body.message).toBe('Hardware banned');
    await app.seller.delete(app.path(`/blacklist/${id}`));
    expect((await app.call('check', { sessionToken })).status).toBe(200);
  });

  test('D-A12: the blacklist of one application does not reach another', async () => {
    const seller = await aSeller(server.url);
    const [one, other] = [await anApp(seller), await anApp(seller)];
    await blacklist(one, 'IP', '127.0.0.1');
    expect((await one.call('init')).status).toBe(403);
    expect((await other.call('init')).status).toBe(200);
  });
});

test("D-A1: «Always add a machine code»: even a malformed body is answered in this wire's shape", async () => {
  const answer = await http(server.url).post('/v1', undefined, { raw: '{"type":' });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    success: false,
    message: 'The body is not valid JSON',
    code: 'MALFORMED_JSON',
  });
});
