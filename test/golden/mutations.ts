import { TestApp, PASSWORD, unique } from '../factories';
import { Answer, http } from '../support/http';

export type Act = () => Promise<Answer>;

/** A call that changes something. */
export interface Mutation {
  /** The one action that stands in the record afterwards. */
  readonly action: string;
  /** Prepares everything and gives the one call that is looked at. */
  readonly prepare: (app: TestApp) => Promise<Act> | Act;
}

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

const A = '/v1/admin/apps';
const L = `${A}/:appId/licenses`;
const U = `${A}/:appId/users`;

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
  [`DELETE ${A}/:appId/blacklist/:entryId`]: {
    action: 'blacklist.remove',
    prepare: async (app) => {
      const body = { type: 'HWID', value: 'X' };
      const added = await app.seller.post(app.path('/blacklist'), body);
      return () => app.seller.delete(app.path(`/blacklist/${added.body.data.id}`));
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
};
