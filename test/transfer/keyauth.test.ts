import { hashSync } from 'bcrypt';
import { anApp, aSeller, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { importFile, imported } from './support';

const password = (text: string) => hashSync(text, 4).replace('$2b$', '$2y$');
const HOUR = 3_600;
const now = Math.floor(Date.now() / 1_000);

/** As KeyAuth's dashboard writes them; numbers are texts as often as not. */
const KEYS = [
  { key: 'KEYAUTH-aBcDeF-123456', level: '1', expiry: '30' },
  { key: 'KEYAUTH-GhIjKl-654321', level: 3, expiry: 0.5 },
  { key: 'KEYAUTH-LIFE-000001', level: '2', expiry: '99999' },
];
const USERS = {
  users: [
    {
      username: 'Alice',
      email: '2aae6c35c94fcfb415dbe95f408b9ce91ee846ed',
      password: password('alice pass'),
      hwid: 'S-1-5-21-1-2-3-1001',
      banned: null,
      ip: '203.0.113.7',
    },
    {
      username: 'bob',
      email: null,
      password: password('bob pass'),
      hwid: null,
      banned: 'chargeback',
      ip: null,
    },
    {
      username: 'Carol',
      email: '',
      password: password('carol pass'),
      hwid: '',
      banned: '',
      ip: '',
    },
    { username: 'dave', email: null, password: null, hwid: null, banned: null, ip: null },
    {
      username: 'erin',
      email: null,
      password: password('erin pass'),
      hwid: null,
      banned: null,
      ip: null,
    },
  ],
  subscription: [
    { user: 'Alice', subscription: 'default', expiry: String(now + HOUR) },
    { user: 'alice', subscription: 'premium', expiry: String(now + 48 * HOUR) },
    { user: 'Alice', subscription: 'old', expiry: now - HOUR },
    { user: 'bob', subscription: 'default', expiry: now + HOUR },
    { user: 'dave', subscription: 'default', expiry: now + HOUR },
    { user: 'erin', subscription: 'default', expiry: now - HOUR },
  ],
};

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer();
  app = await anApp(await aSeller(server.url));
  for (const [format, file, data] of [
    ['keyauth-keys', KEYS, imported({ created: 3 })],
    ['keyauth-users', USERS, imported({}, { created: 5 })],
  ] as const) {
    expect((await importFile(app, format, JSON.stringify(file))).body.data).toEqual(data);
  }
});
afterAll(() => server.close());

const login = (username: string, pass: string, hwid: string | null = null) =>
  app.call('login', { username, password: pass, hwid });

describe("KeyAuth's export files, as they are", () => {
  test('keys: days from first use, their level, found in any case', async () => {
    const found = await app.seller.get(app.path('/licenses/by-key/keyauth-abcdef-123456'));
    expect(found.body.data).toMatchObject({ status: 'UNUSED', durationType: '30d', level: 1 });
    const used = await app.call('license', { licenseKey: 'KEYAUTH-GhIjKl-654321', hwid: 'PC' });
    const left = Date.parse(used.body.data.expiresAt) - Date.now();
    expect(used.body.data.level).toBe(3);
    expect(left / 1_000).toBeGreaterThan(12 * HOUR - 60);
    expect(left / 1_000).toBeLessThanOrEqual(12 * HOUR + 60);
    const life = await app.call('license', { licenseKey: 'KEYAUTH-LIFE-000001' });
    expect(life.body.data.expiresAt).toBeNull();
  });

  test('a user signs in with the password they had, on the device they had, until their latest subscription ends', async () => {
    const answer = await login('ALICE', 'alice pass', 'S-1-5-21-1-2-3-1001');
    expect(answer.body.data).toMatchObject({
      username: 'Alice',
      subscription: 'premium',
      expiresAt: new Date((now + 48 * HOUR) * 1_000).toISOString(),
    });
    expect((await login('Alice', 'alice pass', 'another device')).body.code).toBe('HWID_MISMATCH');
    expect((await login('Alice', 'wrong')).body.code).toBe('INVALID_CREDENTIALS');
  });

  test('banned stays banned, no subscription is no entitlement, an ended one has ended, no password is none', async () => {
    const outcomes = {
      bob: (await login('bob', 'bob pass')).body.code,
      Carol: (await login('Carol', 'carol pass', 'PC')).body.code,
      erin: (await login('erin', 'erin pass')).body.code,
      dave: (await login('dave', 'dave pass')).body.code,
      'dave, empty': (await login('dave', 'none')).body.code,
    };
    expect(outcomes).toEqual({
      bob: 'ACCOUNT_BANNED',
      Carol: 'LICENSE_EXPIRED',
      erin: 'LICENSE_EXPIRED',
      dave: 'INVALID_CREDENTIALS',
      'dave, empty': 'INVALID_CREDENTIALS',
    });
    const [bob] = (await app.seller.get(app.path('/users?search=bob'))).body.data;
    expect(bob).toMatchObject({ status: 'BANNED', banReason: 'chargeback' });
  });

  test('importing the keys again after they were used changes nothing', async () => {
    const again = await importFile(app, 'keyauth-keys', JSON.stringify(KEYS));
    expect(again.body.data).toEqual(imported({ unchanged: 3 }));
  });

  test('importing the users again changes nothing, also after some of them signed in', async () => {
    const fresh = await anApp(await aSeller(server.url));
    await importFile(fresh, 'keyauth-users', JSON.stringify(USERS));
    const alice = { username: 'alice', password: 'alice pass', hwid: 'S-1-5-21-1-2-3-1001' };
    expect((await fresh.call('login', alice)).status).toBe(200);
    // Right, so that our hash takes the place of theirs, and yet no sign-in.
    const carol = { username: 'carol', password: 'carol pass' };
    expect((await fresh.call('login', carol)).body.code).toBe('LICENSE_EXPIRED');
    const again = await importFile(fresh, 'keyauth-users', JSON.stringify(USERS));
    expect(again.body.data).toEqual(imported({}, { unchanged: 5 }));
    const { subscription, users } = USERS;
    const changed = { users, subscription: subscription.slice(0, 1).concat(subscription.slice(3)) };
    const answer = await importFile(fresh, 'keyauth-users', JSON.stringify(changed));
    expect(answer.body.report.errors).toEqual([
      {
        list: 'users',
        row: 1,
        field: 'username',
        message: 'exists already, with another expiresAt, subscription',
      },
    ]);
  });

  test('what the file says otherwise of those who did not sign in is named', async () => {
    const fresh = await anApp(await aSeller(server.url));
    await importFile(fresh, 'keyauth-users', JSON.stringify(USERS));
    const users = USERS.users.map((user) => ({ ...user, password: password('new'), ip: '::1' }));
    const answer = await importFile(fresh, 'keyauth-users', JSON.stringify({ ...USERS, users }));
    const message = 'exists already, with another passwordHash, lastIp';
    expect(answer.body.report.errors).toEqual(
      users.map((_, n) => ({ list: 'users', row: n + 1, field: 'username', message })),
    );
  });

  test('rows that cannot be are named: a subscription of nobody, a hash that is none, a cost that would stop the server', async () => {
    const [alice] = USERS.users;
    const file = {
      users: [
        { ...alice, username: 'x' },
        { ...alice, username: 'y', password: '5f4dcc3b5aa765d61d8327deb882cf99' },
        { ...alice, username: 'z', password: alice!.password!.replace('$04$', '$13$') },
      ],
      subscription: [{ user: 'x', subscription: 'default', expiry: 'soon' }],
    };
    const rejected = await importFile(app, 'keyauth-users', JSON.stringify(file));
    expect(rejected.body.report.errors).toMatchObject([
      { list: 'users', row: 2, field: 'password' },
      { list: 'users', row: 3, field: 'password' },
      { list: 'subscription', row: 1, field: 'expiry' },
    ]);
    const orphan = {
      users: [],
      subscription: [{ user: 'nobody', subscription: 's', expiry: now }],
    };
    const answer = await importFile(app, 'keyauth-users', JSON.stringify(orphan));
    expect(answer.body.report.errors).toEqual([
      { list: 'subscription', row: 1, field: 'user', message: 'is no user of the file' },
    ]);
  });
});
