import { anApp, PASSWORD, TestApp } from '../factories';
import type { Answer } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError } from './sample';

interface Row {
  readonly message: string;
  readonly when: string;
  readonly status: number;
  readonly code: string;
  readonly settings?: object;
  /** Brings the message about over HTTP. */
  readonly provoke: (app: TestApp) => Promise<Answer>;
}

let server: TestServer;

const NAME = 'testuser';
const login = (app: TestApp, fields: object = {}) =>
  app.call('login', { username: NAME, password: PASSWORD, ...fields });
const register = (app: TestApp, licenseKey: string, username = 'newuser') =>
  app.call('register', { username, password: PASSWORD, licenseKey });
const useKey = (app: TestApp, licenseKey: string, hwid?: string) =>
  app.call('license', { licenseKey, hwid });
const expireNow = (app: TestApp) =>
  server.database.rows('UPDATE licenses SET expires_at = clock_timestamp() WHERE app_id = $1', [
    app.id,
  ]);
const blacklist = (app: TestApp, type: string, value: string) =>
  app.seller.post(app.path('/blacklist'), { type, value });

const session = async (app: TestApp, username = NAME) => ({
  sessionToken: await app.login((await app.user({ username })).username),
});
const referral = (app: TestApp, terms: object) =>
  app.seller.post(app.path('/referral-codes'), { code: 'SUMMER-24', rewardDays: 7, ...terms });
const redeem = (app: TestApp, token: { sessionToken: string }) =>
  app.call('redeem_referral', { ...token, code: 'SUMMER-24' });

/** The table of exact messages, their statuses (D-A1) and a machine code for each. */
const MESSAGES: Row[] = [
  {
    message: 'Invalid appId or apiKey',
    when: 'wrong apiKey',
    status: 401,
    code: 'INVALID_KEY',
    provoke: (app) => app.call('init', { apiKey: `as_${'0'.repeat(32)}` }),
  },
  {
    message: 'Invalid appId or apiKey',
    when: 'wrong appId',
    status: 401,
    code: 'INVALID_KEY',
    provoke: (app) => app.call('init', { appId: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' }),
  },
  {
    message: 'Invalid appId or apiKey',
    when: "another application's apiKey",
    status: 401,
    code: 'INVALID_KEY',
    provoke: async (app) => app.call('init', { apiKey: (await anApp(app.seller)).apiKey }),
  },
  {
    message: 'Application is paused',
    when: 'app disabled in the dashboard',
    status: 403,
    code: 'APP_PAUSED',
    settings: { status: 'PAUSED' },
    provoke: (app) => app.call('init'),
  },
  {
    message: 'Invalid credentials',
    when: 'unknown user',
    status: 401,
    code: 'INVALID_CREDENTIALS',
    provoke: (app) => login(app),
  },
  {
    message: 'Invalid credentials',
    when: 'wrong password',
    status: 401,
    code: 'INVALID_CREDENTIALS',
    provoke: async (app) => {
      await app.user({ username: NAME });
      return login(app, { password: 'wrong password' });
    },
  },
  {
    message: 'Account banned',
    when: 'user is banned',
    status: 403,
    code: 'ACCOUNT_BANNED',
    provoke: async (app) => {
      const { id } = await app.user({ username: NAME });
      await app.seller.post(app.path(`/users/${id}/ban`), { reason: 'Terms violation' });
      return login(app);
    },
  },
  {
    message: 'Account is frozen. Contact admin to unfreeze.',
    when: 'frozen by admin',
    status: 403,
    code: 'ACCOUNT_FROZEN',
    provoke: async (app) => {
      const { id } = await app.user({ username: NAME });
      await app.seller.post(app.path(`/users/${id}/freeze`));
      return login(app);
    },
  },
  {
    message: 'Hardware ID mismatch',
    when: 'HWID differs from the bound one',
    status: 403,
    code: 'HWID_MISMATCH',
    provoke: async (app) => {
      await app.user({ username: NAME, hwid: 'HWID-1' });
      return login(app, { hwid: 'HWID-2' });
    },
  },
  {
    message: 'HWID cooldown active',
    when: 'too soon after an HWID reset',
    status: 403,
    code: 'HWID_COOLDOWN',
    settings: { hwidResetCooldownHours: 24 },
    provoke: async (app) => {
      const { id } = await app.user({ username: NAME, hwid: 'HWID-1' });
      await app.seller.post(app.path(`/users/${id}/reset-hwid`));
      return login(app, { hwid: 'HWID-2' });
    },
  },
  {
    message: 'Subscription expired',
    when: "user's time ran out",
    status: 403,
    code: 'LICENSE_EXPIRED',
    provoke: async (app) => {
      await app.user({ username: NAME });
      await expireNow(app);
      return login(app);
    },
  },
  {
    message: 'Invalid or already used license key',
    when: 'register with an unknown key',
    status: 400,
    code: 'LICENSE_KEY_UNUSABLE',
    provoke: (app) => register(app, 'AUTH-XXXX-XXXX-XXXX'),
  },
  {
    message: 'Invalid or already used license key',
    when: 'register with a consumed key',
    status: 400,
    code: 'LICENSE_KEY_UNUSABLE',
    provoke: async (app) => register(app, (await app.user()).license.key),
  },
  {
    message: 'Username already exists',
    when: 'register with a taken name',
    status: 409,
    code: 'USERNAME_TAKEN',
    provoke: async (app) => {
      await app.user({ username: NAME });
      return register(app, (await app.license()).key, NAME.toUpperCase());
    },
  },
  {
    message: 'Invalid license key',
    when: 'key not found (license)',
    status: 401,
    code: 'INVALID_LICENSE_KEY',
    provoke: (app) => useKey(app, 'AUTH-XXXX-XXXX-XXXX'),
  },
  {
    message: 'License is banned',
    when: 'key banned by admin',
    status: 403,
    code: 'LICENSE_BANNED',
    provoke: async (app) => {
      const { id, key } = await app.license();
      await app.seller.post(app.path(`/licenses/${id}/ban`));
      return useKey(app, key);
    },
  },
  {
    message: 'License has expired',
    when: "key's time ran out",
    status: 403,
    code: 'LICENSE_EXPIRED',
    provoke: async (app) => {
      const { key } = await app.license();
      await useKey(app, key);
      await expireNow(app);
      return useKey(app, key);
    },
  },
  {
    message: 'Invalid session',
    when: 'unknown session',
    status: 401,
    code: 'INVALID_SESSION',
    provoke: (app) => app.call('check', { sessionToken: 'sess_abc123...' }),
  },
  {
    message: 'Invalid session',
    when: 'session of another application of the seller',
    status: 401,
    code: 'INVALID_SESSION',
    provoke: async (app) => {
      const other = await anApp(app.seller);
      const sessionToken = await other.login((await other.user()).username);
      return app.call('check', { sessionToken });
    },
  },
  {
    message: 'Invalid session',
    when: 'logging out twice',
    status: 401,
    code: 'INVALID_SESSION',
    provoke: async (app) => {
      const sessionToken = await app.login((await app.user()).username);
      await app.call('logout', { sessionToken });
      return app.call('logout', { sessionToken });
    },
  },
  {
    message: 'IP address banned',
    when: 'IP on the blacklist',
    status: 403,
    code: 'BLACKLISTED',
    provoke: async (app) => {
      await blacklist(app, 'IP', '127.0.0.1');
      return app.call('init');
    },
  },
  {
    message: 'Hardware banned',
    when: 'HWID on the blacklist',
    status: 403,
    code: 'BLACKLISTED',
    provoke: async (app) => {
      const { key } = await app.license();
      await blacklist(app, 'HWID', 'HWID-A1B2C3D4');
      return useKey(app, key, 'HWID-A1B2C3D4');
    },
  },
  {
    message: 'Username banned',
    when: 'username on the blacklist (D-A12)',
    status: 403,
    code: 'BLACKLISTED',
    provoke: async (app) => {
      await app.user({ username: NAME });
      await blacklist(app, 'USERNAME', 'TestUser');
      return login(app);
    },
  },
  {
    message: 'License is banned',
    when: 'key on the blacklist, by itself',
    status: 403,
    code: 'BLACKLISTED',
    provoke: async (app) => {
      const { key } = await app.license();
      await blacklist(app, 'KEY', ` ${key.toLowerCase()} `);
      return useKey(app, key);
    },
  },
  {
    message: 'License is banned',
    when: 'key on the blacklist, to register',
    status: 403,
    code: 'BLACKLISTED',
    provoke: async (app) => {
      const { key } = await app.license();
      await blacklist(app, 'KEY', key);
      return register(app, key);
    },
  },
  {
    message: 'License is banned',
    when: "key on the blacklist, its user's password right",
    status: 403,
    code: 'BLACKLISTED',
    provoke: async (app) => {
      const { license } = await app.user({ username: NAME });
      await blacklist(app, 'KEY', license.key);
      return login(app);
    },
  },
  {
    message: 'Invalid credentials',
    when: "key on the blacklist, its user's password wrong",
    status: 401,
    code: 'INVALID_CREDENTIALS',
    provoke: async (app) => {
      const { license } = await app.user({ username: NAME });
      await blacklist(app, 'KEY', license.key);
      return login(app, { password: 'wrong password' });
    },
  },
  {
    message: 'IP address banned',
    when: 'IP in a network on the blacklist',
    status: 403,
    code: 'BLACKLISTED',
    provoke: async (app) => {
      await blacklist(app, 'IP', '127.0.0.0/8');
      return app.call('init');
    },
  },
  ...['var', 'getvar'].map((type): Row => ({
    message: 'Variable not found',
    when: `no such key (${type})`,
    status: 404,
    code: 'NOT_FOUND',
    provoke: async (app) => app.call(type, { ...(await session(app)), key: 'nothing' }),
  })),
  {
    message: 'Variable is read-only',
    when: 'setvar on a name that the application reserves (D-A14)',
    status: 403,
    code: 'VARIABLE_READ_ONLY',
    provoke: async (app) => {
      const variable = { key: 'theme', value: 'dark' };
      await app.seller.post(app.path('/variables'), { ...variable, readOnly: true });
      return app.call('setvar', { ...(await session(app)), ...variable });
    },
  },
  {
    message: 'Referral code not found',
    when: 'unknown code',
    status: 404,
    code: 'NOT_FOUND',
    provoke: async (app) => redeem(app, await session(app)),
  },
  {
    message: 'Referral code has no uses left',
    when: 'redeemed as often as it may be',
    status: 409,
    code: 'REFERRAL_USED_UP',
    provoke: async (app) => {
      await referral(app, { maxUses: 1 });
      await redeem(app, await session(app));
      return redeem(app, await session(app, 'second'));
    },
  },
  {
    message: 'Referral code already redeemed',
    when: 'a second time by the same licence, whether it has uses left or not',
    status: 409,
    code: 'REFERRAL_REDEEMED',
    provoke: async (app) => {
      await referral(app, { maxUses: 1 });
      const token = await session(app);
      await redeem(app, token);
      return redeem(app, token);
    },
  },
  {
    message: 'You cannot redeem your own code',
    when: 'by the user who owns it',
    status: 400,
    code: 'REFERRAL_OWN',
    provoke: async (app) => {
      const { id, username } = await app.user();
      await referral(app, { ownerUserId: id });
      return redeem(app, { sessionToken: await app.login(username) });
    },
  },
  {
    message: 'You cannot redeem your own code',
    when: 'by the key of the user who owns it',
    status: 400,
    code: 'REFERRAL_OWN',
    provoke: async (app) => {
      const { id, license } = await app.user();
      await referral(app, { ownerUserId: id });
      const { sessionToken } = (await useKey(app, license.key)).body.data;
      return redeem(app, { sessionToken });
    },
  },
];

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('D-A1: the exact messages of the client API, with status and code', () => {
  test.each(MESSAGES)('$status «$message»: $when', async (row) => {
    const app = await anApp(server.url, row.settings);
    expectError(await row.provoke(app), row.status, row.message, row.code);
  });
});
