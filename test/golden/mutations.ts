import { PASSWORD, TestApp, TestReseller, unique } from '../factories';
import {
  anApiToken,
  aResetToken,
  signIn,
  signInIdOf,
  totpCode,
  withTotp,
} from '../factories/account';
import { Answer, http } from '../support/http';

export type Act = () => Promise<Answer>;

/** A call that changes something. */
export interface Mutation {
  /** The one action that stands in the record afterwards; null where whose it is comes out later. */
  readonly action: string | null;
  /** Prepares everything and gives the one call that is looked at. */
  readonly prepare: (app: TestApp) => Promise<Act> | Act;
}

const VARIABLE = { key: 'latest_version', value: '2.1.0' };
const REFERRAL = { code: 'SUMMER-24', rewardDays: 7 };
const HOOK = { url: 'https://hooks.example/audit', events: ['*'] };
const CREDENTIALS = { password: PASSWORD, hwid: 'HWID-1' };

/** A verb on a fresh licence, after `before` was done to it. */
function license(action: string, verb: string, body?: object, before?: string): Mutation {
  return {
    action,
    prepare: async (app) => {
      const { id } = await app.license();
      const path = app.path(`/licenses/${id}`);
      if (before) await app.seller.post(`${path}/${before}`);
      return () => app.seller.post(`${path}/${verb}`, body);
    },
  };
}

/** The same on a fresh user. */
function user(action: string, verb: string, body?: object, before?: string): Mutation {
  return {
    action,
    prepare: async (app) => {
      const { id } = await app.user(CREDENTIALS);
      const path = app.path(`/users/${id}`);
      if (before) await app.seller.post(`${path}/${before}`, {});
      return () => app.seller.post(`${path}/${verb}`, body);
    },
  };
}

/** The same on a fresh reseller. */
function reseller(action: string, act: (made: TestReseller) => Promise<Answer>): Mutation {
  return {
    action,
    prepare: async (app) => {
      const made = await app.reseller();
      return () => act(made);
    },
  };
}

/** A verb on a fresh webhook, on the path below it. */
function webhook(action: string, act: (app: TestApp, path: string) => Promise<Answer>): Mutation {
  return {
    action,
    prepare: async (app) => {
      const made = await app.seller.post(app.path('/webhooks'), HOOK);
      return () => act(app, app.path(`/webhooks/${made.body.data.id}`));
    },
  };
}

const A = '/v1/admin/apps';
const L = `${A}/:appId/licenses`;
const U = `${A}/:appId/users`;
const R = `${A}/:appId/resellers`;
const W = `${A}/:appId/webhooks`;

/** Every mutating route; a new one does not pass until it stands here. */
export const ROUTES: Record<string, Mutation> = {
  'POST /v1/auth/register': {
    action: 'seller.register',
    prepare: (app) => () =>
      http(app.seller.url).post('/v1/auth/register', {
        email: `${unique('new')}@example.com`,
        password: PASSWORD,
        name: 'New',
      }),
  },
  'POST /v1/auth/login': {
    action: 'seller.login',
    prepare: (app) => () => {
      const { url, email } = app.seller;
      return http(url).post('/v1/auth/login', { email, password: PASSWORD });
    },
  },
  'POST /v1/auth/refresh': {
    action: 'seller.refresh',
    prepare: (app) => () => {
      const { url, refreshToken } = app.seller;
      return http(url).post('/v1/auth/refresh', { refreshToken });
    },
  },
  'POST /v1/auth/logout': {
    action: 'seller.logout',
    prepare: (app) => () => app.seller.post('/v1/auth/logout'),
  },
  'POST /v1/auth/change-password': {
    action: 'seller.change-password',
    prepare: (app) => () =>
      app.seller.post('/v1/auth/change-password', {
        currentPassword: PASSWORD,
        newPassword: 'another password',
      }),
  },
  'POST /v1/auth/forgot-password': {
    action: null,
    prepare: (app) => () => {
      const email = `${unique('nobody')}@example.com`;
      return http(app.seller.url).post('/v1/auth/forgot-password', { email });
    },
  },
  'POST /v1/auth/reset-password': {
    action: 'seller.reset-password',
    prepare: async (app) => {
      const token = await aResetToken(app.seller);
      const body = { token, newPassword: 'another password' };
      return () => http(app.seller.url).post('/v1/auth/reset-password', body);
    },
  },
  'POST /v1/auth/totp/setup': {
    action: 'seller.totp-setup',
    prepare: (app) => () => app.seller.post('/v1/auth/totp/setup'),
  },
  'POST /v1/auth/totp/confirm': {
    action: 'seller.totp-on',
    prepare: async (app) => {
      const { secret } = (await app.seller.post('/v1/auth/totp/setup')).body.data;
      return () => app.seller.post('/v1/auth/totp/confirm', { code: totpCode(secret) });
    },
  },
  'POST /v1/auth/totp/disable': {
    action: 'seller.totp-off',
    prepare: async (app) => {
      const [code] = (await withTotp(app.seller)).recoveryCodes;
      return () => app.seller.post('/v1/auth/totp/disable', { code });
    },
  },
  'DELETE /v1/auth/sessions/:signInId': {
    action: 'seller.end-sign-in',
    prepare: async (app) => {
      const { accessToken } = await signIn(app.seller);
      return () => app.seller.delete(`/v1/auth/sessions/${signInIdOf(accessToken)}`);
    },
  },
  'POST /v1/auth/tokens': {
    action: 'api-token.create',
    prepare: (app) => () =>
      app.seller.post('/v1/auth/tokens', { name: 'New', scopes: ['apps:read'] }),
  },
  'DELETE /v1/auth/tokens/:tokenId': {
    action: 'api-token.revoke',
    prepare: async (app) => {
      const { id } = await anApiToken(app.seller, ['apps:read']);
      return () => app.seller.delete(`/v1/auth/tokens/${id}`);
    },
  },
  [`POST ${A}`]: {
    action: 'app.create',
    prepare: (app) => () => app.seller.post(A, { name: 'New' }),
  },
  [`PUT ${A}/:appId`]: {
    action: 'app.update',
    prepare: (app) => () => app.seller.put(app.path(), { name: 'New' }),
  },
  [`PATCH ${A}/:appId`]: {
    action: 'app.update',
    prepare: (app) => () => app.seller.patch(app.path(), { name: 'New' }),
  },
  [`DELETE ${A}/:appId`]: {
    action: 'app.delete',
    prepare: (app) => () => app.seller.delete(app.path()),
  },
  [`POST ${A}/:appId/regenerate-key`]: {
    action: 'app.regenerate-key',
    prepare: (app) => () => app.seller.post(app.path('/regenerate-key')),
  },
  'POST /v1/builder/build': {
    action: 'app.build-loader',
    prepare: (app) => () => {
      const order = { appId: app.id, language: 'cpp', authType: 'both', title: 'My App' };
      return app.seller.post('/v1/builder/build', order);
    },
  },
  [`POST ${A}/:appId/import`]: {
    action: 'app.import',
    prepare: (app) => () =>
      app.seller.post(app.path('/import?format=json'), [{ key: unique('K'), durationType: '1d' }]),
  },
  [`POST ${L}`]: {
    action: 'license.generate',
    prepare: (app) => () =>
      app.seller.post(app.path('/licenses'), { durationType: '1d', count: 5 }),
  },
  [`PATCH ${L}/:licenseId`]: {
    action: 'license.change',
    prepare: async (app) => {
      const { id } = await app.license();
      return () => app.seller.patch(app.path(`/licenses/${id}`), { note: 'n' });
    },
  },
  [`DELETE ${L}/:licenseId`]: {
    action: 'license.delete',
    prepare: async (app) => {
      const { id } = await app.license();
      return () => app.seller.delete(app.path(`/licenses/${id}`));
    },
  },
  [`POST ${L}/:licenseId/ban`]: license('license.ban', 'ban'),
  [`POST ${L}/:licenseId/unban`]: license('license.unban', 'unban', undefined, 'ban'),
  [`POST ${L}/:licenseId/suspend`]: license('license.suspend', 'suspend'),
  [`POST ${L}/:licenseId/resume`]: license('license.resume', 'resume', undefined, 'suspend'),
  [`POST ${L}/:licenseId/revoke`]: license('license.revoke', 'revoke'),
  [`POST ${L}/:licenseId/extend`]: license('license.extend', 'extend', { days: 1 }),
  [`POST ${L}/:licenseId/reset-devices`]: license('license.reset-devices', 'reset-devices'),
  [`POST ${L}/:licenseId/reset-addresses`]: license('license.reset-addresses', 'reset-addresses'),
  [`POST ${U}`]: {
    action: 'user.create',
    prepare: (app) => () =>
      app.seller.post(app.path('/users'), { username: 'new', password: PASSWORD }),
  },
  [`PATCH ${U}/:userId`]: {
    action: 'user.change',
    prepare: async (app) => {
      const { id } = await app.user();
      const change = { level: 2, expiresAt: null, note: 'n', password: 'another password' };
      return () => app.seller.patch(app.path(`/users/${id}`), change);
    },
  },
  [`DELETE ${U}/:userId`]: {
    action: 'user.delete',
    prepare: async (app) => {
      const { id } = await app.user();
      return () => app.seller.delete(app.path(`/users/${id}`));
    },
  },
  [`POST ${U}/:userId/ban`]: user('user.ban', 'ban', { reason: 'r' }),
  [`POST ${U}/:userId/unban`]: user('user.unban', 'unban', undefined, 'ban'),
  [`POST ${U}/:userId/freeze`]: user('user.freeze', 'freeze'),
  [`POST ${U}/:userId/unfreeze`]: user('user.unfreeze', 'unfreeze', undefined, 'freeze'),
  [`POST ${U}/:userId/reset-hwid`]: user('user.reset-hwid', 'reset-hwid'),
  [`POST ${U}/:userId/extend`]: user('user.extend', 'extend', { days: 1 }),
  [`POST ${A}/:appId/blacklist`]: {
    action: 'blacklist.add',
    prepare: (app) => () => app.seller.post(app.path('/blacklist'), { type: 'HWID', value: 'X' }),
  },
  [`PATCH ${A}/:appId/blacklist/:entryId`]: {
    action: 'blacklist.change',
    prepare: async (app) => {
      const body = { type: 'HWID', value: 'X' };
      const added = await app.seller.post(app.path('/blacklist'), body);
      const path = app.path(`/blacklist/${added.body.data.id}`);
      return () => app.seller.patch(path, { reason: 'another' });
    },
  },
  [`DELETE ${A}/:appId/blacklist/:entryId`]: {
    action: 'blacklist.remove',
    prepare: async (app) => {
      const body = { type: 'HWID', value: 'X' };
      const added = await app.seller.post(app.path('/blacklist'), body);
      return () => app.seller.delete(app.path(`/blacklist/${added.body.data.id}`));
    },
  },
  [`POST ${R}`]: {
    action: 'reseller.create',
    prepare: (app) => () =>
      app.seller.post(app.path('/resellers'), { username: 'new', password: PASSWORD, balance: 5 }),
  },
  [`PATCH ${R}/:resellerId`]: reseller('reseller.change', (made) =>
    made.app.seller.patch(made.path(), {
      password: 'another password',
      status: 'SUSPENDED',
      note: 'n',
    }),
  ),
  [`DELETE ${R}/:resellerId`]: reseller('reseller.delete', (made) =>
    made.app.seller.delete(made.path()),
  ),
  [`POST ${R}/:resellerId/topup`]: reseller('reseller.topup', (made) =>
    made.app.seller.post(made.path('/topup'), { amount: 5 }),
  ),
  [`POST ${R}/:resellerId/sign-out`]: reseller('reseller.sign-out', (made) =>
    made.app.seller.post(made.path('/sign-out')),
  ),
  'POST /v1/reseller/login': reseller('reseller.login', ({ app, username }) =>
    http(app.seller.url).post('/v1/reseller/login', {
      appId: app.id,
      apiKey: app.apiKey,
      username,
      password: PASSWORD,
    }),
  ),
  'POST /v1/reseller/logout': reseller('reseller.logout', (made) => made.post('/logout')),
  'POST /v1/reseller/licenses': reseller('reseller.generate', (made) =>
    made.generate({ count: 5 }),
  ),
  'DELETE /v1/reseller/licenses/:licenseId': {
    action: 'reseller.refund',
    prepare: async (app) => {
      const made = await app.reseller();
      const [key] = await made.keys();
      return () => made.delete(`/licenses/${key!.id}`);
    },
  },
  [`DELETE ${A}/:appId/sessions/:sessionId`]: {
    action: 'session.kill',
    prepare: async (app) => {
      await app.login((await app.user()).username);
      const listed = await app.seller.get(app.path('/sessions'));
      return () => app.seller.delete(app.path(`/sessions/${listed.body.data[0].id}`));
    },
  },
  [`POST ${A}/:appId/variables`]: {
    action: 'variable.create',
    prepare: (app) => () => app.seller.post(app.path('/variables'), VARIABLE),
  },
  [`PATCH ${A}/:appId/variables/:variableId`]: {
    action: 'variable.change',
    prepare: async (app) => {
      const made = await app.seller.post(app.path('/variables'), VARIABLE);
      const path = app.path(`/variables/${made.body.data.id}`);
      return () => app.seller.patch(path, { value: '2.2.0', readOnly: true });
    },
  },
  [`DELETE ${A}/:appId/variables/:variableId`]: {
    action: 'variable.delete',
    prepare: async (app) => {
      const made = await app.seller.post(app.path('/variables'), VARIABLE);
      return () => app.seller.delete(app.path(`/variables/${made.body.data.id}`));
    },
  },
  [`PUT ${U}/:userId/variables/:name`]: {
    action: 'user.set-variable',
    prepare: async (app) => {
      const { id } = await app.user();
      return () => app.seller.put(app.path(`/users/${id}/variables/theme`), { value: 'dark' });
    },
  },
  [`DELETE ${U}/:userId/variables/:name`]: {
    action: 'user.delete-variable',
    prepare: async (app) => {
      const path = app.path(`/users/${(await app.user()).id}/variables/theme`);
      await app.seller.put(path, { value: 'dark' });
      return () => app.seller.delete(path);
    },
  },
  [`POST ${A}/:appId/files`]: {
    action: 'file.register',
    prepare: (app) => () => app.seller.post(app.path('/files'), { name: 'a.exe', minLevel: 1 }),
  },
  [`PUT ${A}/:appId/files/:fileId/content`]: {
    action: 'file.upload',
    prepare: async (app) => {
      const { id } = await app.file('old');
      return () => app.upload(id, 'new');
    },
  },
  [`PATCH ${A}/:appId/files/:fileId`]: {
    action: 'file.change',
    prepare: async (app) => {
      const { id } = await app.file('x');
      return () => app.seller.patch(app.path(`/files/${id}`), { name: 'b.exe', minLevel: 2 });
    },
  },
  [`DELETE ${A}/:appId/files/:fileId`]: {
    action: 'file.delete',
    prepare: async (app) => {
      const { id } = await app.file('x');
      return () => app.seller.delete(app.path(`/files/${id}`));
    },
  },
  [`POST ${W}`]: {
    action: 'webhook.create',
    prepare: (app) => () => app.seller.post(app.path('/webhooks'), HOOK),
  },
  [`PATCH ${W}/:webhookId`]: webhook('webhook.change', (app, path) =>
    app.seller.patch(path, { events: ['user.ban'], enabled: false }),
  ),
  [`DELETE ${W}/:webhookId`]: webhook('webhook.delete', (app, path) => app.seller.delete(path)),
  [`POST ${W}/:webhookId/rotate-secret`]: webhook('webhook.rotate-secret', (app, path) =>
    app.seller.post(`${path}/rotate-secret`),
  ),
  [`POST ${W}/:webhookId/test`]: webhook('webhook.test', (app, path) =>
    app.seller.post(`${path}/test`),
  ),
  [`POST ${W}/:webhookId/replay`]: webhook('webhook.replay-since', (app, path) =>
    app.seller.post(`${path}/replay`, { since: '2025-01-01T00:00:00.000Z' }),
  ),
  [`POST ${W}/:webhookId/deliveries/:deliveryId/replay`]: {
    action: 'webhook.replay',
    prepare: async (app) => {
      await app.user();
      const made = await app.seller.post(app.path('/webhooks'), HOOK);
      const path = app.path(`/webhooks/${made.body.data.id}`);
      await app.seller.post(`${path}/replay`, { since: '2025-01-01T00:00:00.000Z' });
      const [delivery] = (await app.seller.get(`${path}/deliveries`)).body.data;
      return () => app.seller.post(`${path}/deliveries/${delivery.id}/replay`);
    },
  },
  [`POST ${A}/:appId/referral-codes`]: {
    action: 'referral.create',
    prepare: (app) => () => app.seller.post(app.path('/referral-codes'), REFERRAL),
  },
  [`DELETE ${A}/:appId/referral-codes/:codeId`]: {
    action: 'referral.delete',
    prepare: async (app) => {
      const made = await app.seller.post(app.path('/referral-codes'), REFERRAL);
      return () => app.seller.delete(app.path(`/referral-codes/${made.body.data.id}`));
    },
  },
};

/** A call of document 001's client API. */
function client(app: TestApp, path: string, body: object): Promise<Answer> {
  const headers = { 'x-api-key': app.apiKey };
  return http(app.seller.url).post(`/v1/client/${path}`, body, { headers });
}

const USER = '/v1/admin/users/:userId';

/** Every mutating route of document 001 that document 000 has not. */
export const REST_ROUTES: Record<string, Mutation> = {
  'POST /v1/client/login': {
    action: 'client.login',
    prepare: async (app) => {
      const { username } = await app.user(CREDENTIALS);
      return () => client(app, 'login', { username, ...CREDENTIALS });
    },
  },
  'POST /v1/client/register': {
    action: 'client.register',
    prepare: async (app) => {
      const { key } = await app.license();
      return () => client(app, 'register', { username: 'new', ...CREDENTIALS, licenseKey: key });
    },
  },
  'POST /v1/client/license': {
    action: 'client.license',
    prepare: async (app) => {
      const { key } = await app.license();
      return () => client(app, 'license', { licenseKey: key });
    },
  },
  'POST /v1/admin/files/upload': {
    action: 'file.upload',
    prepare: (app) => () => app.uploadForm('x'),
  },
  'POST /v1/admin/licenses/generate': {
    action: 'license.generate',
    prepare: (app) => () =>
      app.seller.post('/v1/admin/licenses/generate', { appId: app.id, durationType: '1d' }),
  },
  [`PATCH ${USER}`]: {
    action: 'user.change',
    prepare: async (app) => {
      const { id } = await app.user(CREDENTIALS);
      return () => app.seller.patch(`/v1/admin/users/${id}`, { level: 2 });
    },
  },
  [`DELETE ${USER}`]: {
    action: 'user.delete',
    prepare: async (app) => {
      const { id } = await app.user(CREDENTIALS);
      return () => app.seller.delete(`/v1/admin/users/${id}`);
    },
  },
  'POST /v1/reseller/keys/generate': {
    action: 'reseller.generate',
    prepare: async (app) => {
      const { token } = await app.reseller();
      return () =>
        http(app.seller.url).post('/v1/reseller/keys/generate', { durationType: '1d' }, { token });
    },
  },
  'POST /v1/admin/blacklist': {
    action: 'blacklist.add',
    prepare: (app) => () =>
      app.seller.post('/v1/admin/blacklist', { appId: app.id, type: 'HWID', value: 'X' }),
  },
};

/** The types of `POST /v1` that change something. */
export const TYPES: Record<string, Mutation> = {
  login: {
    action: 'client.login',
    prepare: async (app) => {
      const { username } = await app.user(CREDENTIALS);
      return () => app.call('login', { username, ...CREDENTIALS });
    },
  },
  register: {
    action: 'client.register',
    prepare: async (app) => {
      const { key } = await app.license();
      return () => app.call('register', { username: 'new', ...CREDENTIALS, licenseKey: key });
    },
  },
  license: {
    action: 'client.license',
    prepare: async (app) => {
      const { key } = await app.license();
      return () => app.call('license', { licenseKey: key, hwid: 'HWID-1' });
    },
  },
  logout: {
    action: 'client.logout',
    prepare: async (app) => {
      const sessionToken = await app.login((await app.user()).username);
      return () => app.call('logout', { sessionToken });
    },
  },
  setvar: {
    action: 'client.set-variable',
    prepare: async (app) => {
      const sessionToken = await app.login((await app.user()).username);
      return () => app.call('setvar', { sessionToken, ...VARIABLE });
    },
  },
  redeem_referral: {
    action: 'client.redeem-referral',
    prepare: async (app) => {
      const { id: ownerUserId } = await app.user();
      await app.seller.post(app.path('/referral-codes'), { ...REFERRAL, ownerUserId });
      const sessionToken = await app.login((await app.user()).username);
      return () => app.call('redeem_referral', { sessionToken, code: REFERRAL.code });
    },
  },
};

const T = '/api/tki';
const P = `${T}/products`;

/** A change of a licence by the paths of document 003. */
function tkiLicense(
  action: string,
  act: (app: TestApp, path: string) => Promise<Answer>,
): Mutation {
  return {
    action,
    prepare: async (app) => {
      const { id } = await app.license();
      return () => act(app, `${P}/${app.id}/licenses/${id}`);
    },
  };
}

/** The same for document 003. */
export const TKI_ROUTES: Record<string, Mutation> = {
  'POST /api/license/auth': {
    action: 'client.authenticate',
    prepare: async (app) => {
      const { key } = await app.license();
      const { APIKey } = (await app.seller.get(`${T}/settings`)).body.data;
      const data = { product: 'Test App', version: '1.0.0', licensekey: key, ip: '::1', hwid: 'A' };
      const headers = { authorization: APIKey as string };
      return () => http(app.seller.url).post('/api/license/auth', { data }, { headers });
    },
  },
  [`POST ${P}`]: {
    action: 'app.create',
    prepare: (app) => () => app.seller.post(P, { name: 'New' }),
  },
  [`PATCH ${P}/:appId`]: {
    action: 'app.update',
    prepare: (app) => () => app.seller.patch(`${P}/${app.id}`, { version: '2' }),
  },
  [`DELETE ${P}/:appId`]: {
    action: 'app.delete',
    prepare: (app) => () => app.seller.delete(`${P}/${app.id}`),
  },
  [`POST ${P}/:appId/licenses`]: {
    action: 'license.generate',
    prepare: (app) => () => app.seller.post(`${P}/${app.id}/licenses`, { amount: 2 }),
  },
  [`PATCH ${P}/:appId/licenses/:licenseId`]: tkiLicense('license.change', (app, path) =>
    app.seller.patch(path, { ip_cap: 2, expire_date: 'Never' }),
  ),
  [`DELETE ${P}/:appId/licenses/:licenseId`]: tkiLicense('license.delete', (app, path) =>
    app.seller.delete(path),
  ),
  [`POST ${P}/:appId/licenses/:licenseId/reset-ips`]: tkiLicense(
    'license.reset-addresses',
    (app, path) => app.seller.post(`${path}/reset-ips`),
  ),
  [`POST ${P}/:appId/licenses/:licenseId/reset-hwids`]: tkiLicense(
    'license.reset-devices',
    (app, path) => app.seller.post(`${path}/reset-hwids`),
  ),
  [`POST ${T}/blacklist`]: {
    action: 'blacklist.add',
    prepare: (app) => () => app.seller.post(`${T}/blacklist`, { type: 'hwid', value: 'X' }),
  },
  [`DELETE ${T}/blacklist/:blockId`]: {
    action: 'blacklist.remove',
    prepare: async (app) => {
      const added = await app.seller.post(`${T}/blacklist`, { type: 'hwid', value: 'X' });
      return () => app.seller.delete(`${T}/blacklist/${added.body.data.id}`);
    },
  },
  [`PATCH ${T}/settings`]: {
    action: 'gateway.change',
    prepare: (app) => () => app.seller.patch(`${T}/settings`, { RatelimitMax: 5 }),
  },
  [`POST ${T}/settings/regenerate-key`]: {
    action: 'gateway.regenerate-key',
    prepare: (app) => () => app.seller.post(`${T}/settings/regenerate-key`),
  },
};
