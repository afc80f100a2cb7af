import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  aForm,
  anApp,
  aSeller,
  PASSWORD,
  TestApp,
  TestReseller,
  TestSeller,
  unique,
} from '../factories';
import {
  anApiToken,
  aResetToken,
  signIn,
  signInIdOf,
  totpCode,
  withTotp,
} from '../factories/account';
import type { TestDatabase } from '../support/database';
import type { Answer } from '../support/http';
import type { TestServer } from '../support/server';
import type { BodyCase, Contract, Route } from './contract';

/** A module that switches one guard of a spawned server off. */
export function guardOff(name: string): string {
  return join(__dirname, 'guards-off', `${name}.cjs`);
}

/** A seller's application with one of everything a path can name. */
export interface World {
  readonly app: TestApp;
  readonly seller: TestSeller;
  /** Path parameters by name. */
  readonly ids: Readonly<Record<string, string>>;
  readonly user: { readonly username: string; readonly hwid: string };
  readonly sessionToken: string;
  /** Key of the seller's gateway. */
  readonly gatewayKey: string;
  /** A reseller of the application, who made the licence among the ids. */
  readonly reseller: TestReseller;
}

/** An application with one thing of every kind. What does not depend on each other is made at once. */
export async function aWorld(owner: TestSeller): Promise<World> {
  const app = await anApp(owner);
  const [people, shop, desk, account] = await Promise.all([
    aUserAndHook(app),
    aShop(app),
    aDesk(app),
    anAccount(owner),
  ]);
  const { user, sessionToken } = people;
  const { reseller } = shop;
  const ids = { appId: app.id, ...people.ids, ...shop.ids, ...desk.ids, ...account };
  const { gatewayKey } = desk;
  return { app, seller: owner, ids, user, sessionToken, reseller, gatewayKey };
}

async function aUserAndHook(app: TestApp) {
  const { seller } = app;
  const hwid = unique('HWID-');
  const { id: userId, username } = await app.user({ hwid });
  const sessionToken = await app.login(username, hwid);
  const name = unique('own-');
  const hook = { url: `https://${unique('hook-')}.example/`, events: ['*'] };
  const [sessions, made] = await Promise.all([
    seller.get(app.path('/sessions')),
    seller.post(app.path('/webhooks'), hook),
    seller.put(app.path(`/users/${userId}/variables/${name}`), { value: 'own' }),
    app.call('log', { sessionToken, message: `logged by ${username}` }),
  ]);
  const webhookId = made.body.data.id as string;
  // What happened so far is told to it, so that there are deliveries.
  await seller.post(app.path(`/webhooks/${webhookId}/replay`), {
    since: '2020-01-01T00:00:00.000Z',
  });
  const deliveries = await seller.get(app.path(`/webhooks/${webhookId}/deliveries`));
  const sessionId = sessions.body.data[0].id as string;
  const deliveryId = deliveries.body.data[0].id as string;
  const ids = { userId, sessionId, name, webhookId, deliveryId };
  return { user: { username, hwid }, sessionToken, ids };
}

async function aShop(app: TestApp) {
  const reseller = await app.reseller();
  const [license] = await reseller.keys();
  const { id: licenseId, key } = license!;
  return { reseller, ids: { resellerId: reseller.id, licenseId, key } };
}

async function aDesk(app: TestApp) {
  const { seller } = app;
  const variableKey = unique('var-');
  const referral = { code: unique('REF-').toUpperCase(), rewardDays: 7 };
  const bad = unique('BAD-');
  const [entry, shared, code, file, block, gateway] = await Promise.all([
    seller.post(app.path('/blacklist'), { type: 'HWID', value: bad }),
    seller.post(app.path('/variables'), { key: variableKey, value: 'shared' }),
    seller.post(app.path('/referral-codes'), referral),
    app.file(`content of ${unique('file-')}`),
    seller.post('/api/tki/blacklist', { type: 'hwid', value: bad }),
    // The documented limit of requests is on from the start; tests that send many are not about it.
    seller.patch('/api/tki/settings', { RatelimitEnabled: false }),
  ]);
  const made = (answer: Answer) => answer.body.data.id as string;
  const ids = {
    entryId: made(entry),
    variableId: made(shared),
    variableKey,
    codeId: made(code),
    code: referral.code,
    fileId: file.id,
    blockId: made(block),
  };
  return { ids, gatewayKey: gateway.body.data.APIKey as string };
}

async function anAccount(owner: TestSeller) {
  const [{ accessToken }, { id: tokenId }] = await Promise.all([
    signIn(owner),
    anApiToken(owner, ['apps:read']),
  ]);
  return { signInId: signInIdOf(accessToken), tokenId };
}

/** The token with which the world's people call a route; none for a public one. */
export function tokenFor({ credential }: Route, world: World): string | undefined {
  if (credential === 'reseller') return world.reseller.token;
  return credential === 'seller' ? world.seller.accessToken : undefined;
}

/** Ids of nothing, in the same form. */
export function missingIds(): Record<string, string> {
  const hex = () => randomBytes(16).toString('hex');
  const group = () => Array.from({ length: 4 }, () => 'ABCDEFGHJKMNPQRSTUVWXYZ'[randomInt(23)]);
  return {
    appId: randomUUID(),
    licenseId: `lic_${hex()}`,
    key: [group(), group(), group(), group()].map((part) => part.join('')).join('-'),
    userId: `usr_${hex()}`,
    sessionId: `sess_${hex()}`,
    entryId: `bl_${hex()}`,
    blockId: `bl_${hex()}`,
    signInId: `ssn_${hex()}`,
    tokenId: `tok_${hex()}`,
    variableId: `var_${hex()}`,
    variableKey: unique('no-var-'),
    name: unique('no-own-'),
    codeId: `ref_${hex()}`,
    code: unique('NO-REF-').toUpperCase(),
    resellerId: `rsl_${hex()}`,
    // With a vowel in it, which no new id has.
    fileId: `a${hex().slice(0, 5)}`,
    webhookId: `wh_${hex()}`,
    deliveryId: `whd_${hex()}`,
  };
}

/** The path with its parameters filled in; throws for one that no world has. */
export function fill(route: Route, ids: Readonly<Record<string, string>>): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (ids[name] === undefined) throw new Error(`${route.key}: no world has a ${name}`);
    return encodeURIComponent(ids[name]);
  });
}

interface Preparation {
  /** Brings the world into the state in which the request succeeds. */
  readonly before?: (world: World) => Promise<unknown>;
  /** What must stand in the query. */
  readonly query?: (world: World) => string;
  /** A body that is no JSON of the document, such as a file. */
  readonly file?: object;
  /** A body that is an uploaded form. */
  readonly form?: (world: World) => ReturnType<typeof aForm>;
  /** Headers that the route asks for beside its credentials. */
  readonly headers?: (world: World) => Record<string, string>;
  /** Fields of a good body that examples cannot give. */
  readonly fields?: (world: World) => object | Promise<object>;
}

const post = (path: (ids: World['ids']) => string) => ({
  before: ({ app, ids, seller }: World) => seller.post(app.path(path(ids)), {}),
});

const ofSession = {
  headers: ({ sessionToken }: World) => ({ 'x-session-token': sessionToken }),
};

/** What a route needs beside its ids and the examples of its document. */
const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  'POST /v1/auth/register': { fields: () => ({ email: `${unique('new')}@example.com` }) },
  'POST /v1/auth/login': {
    fields: ({ seller }) => ({ email: seller.email, password: PASSWORD }),
  },
  'POST /v1/auth/refresh': {
    fields: async ({ app }) => ({ refreshToken: (await aSeller(app.seller.url)).refreshToken }),
  },
  'POST /v1/auth/change-password': { fields: () => ({ currentPassword: PASSWORD }) },
  'POST /v1/auth/reset-password': {
    fields: async ({ seller }) => ({ token: await aResetToken(seller) }),
  },
  'POST /v1/auth/totp/confirm': {
    fields: async ({ seller }) => {
      const { secret } = (await seller.post('/v1/auth/totp/setup')).body.data;
      return { code: totpCode(secret) };
    },
  },
  'POST /v1/auth/totp/disable': {
    fields: async ({ seller }) => ({ code: (await withTotp(seller)).recoveryCodes[0] }),
  },
  'POST /v1/reseller/login': {
    fields: ({ app, reseller: { username } }) => {
      return { appId: app.id, apiKey: app.apiKey, username, password: PASSWORD };
    },
  },
  'POST /api/license/auth': {
    fields: ({ ids, user }) => ({
      data: {
        product: 'Test App',
        version: '1.0.0',
        licensekey: ids['key'],
        ip: '192.168.1.1',
        hwid: user.hwid,
      },
    }),
  },
  'POST /api/tki/blacklist': { fields: () => ({ type: 'hwid', value: unique('BAD-') }) },
  'POST /v1/admin/apps/{appId}/users': { fields: () => ({ username: unique('made') }) },
  'POST /v1/admin/apps/{appId}/blacklist': { fields: () => ({ value: unique('BAD-') }) },
  'POST /v1/admin/apps/{appId}/resellers': { fields: () => ({ username: unique('made-') }) },
  'POST /v1/admin/apps/{appId}/variables': { fields: () => ({ key: unique('made-') }) },
  'POST /v1/admin/apps/{appId}/users/{userId}/unban': post((ids) => `/users/${ids['userId']}/ban`),
  'POST /v1/admin/apps/{appId}/users/{userId}/unfreeze': post(
    (ids) => `/users/${ids['userId']}/freeze`,
  ),
  'POST /v1/admin/apps/{appId}/licenses/{licenseId}/unban': post(
    (ids) => `/licenses/${ids['licenseId']}/ban`,
  ),
  'POST /v1/admin/apps/{appId}/licenses/{licenseId}/resume': post(
    (ids) => `/licenses/${ids['licenseId']}/suspend`,
  ),
  'POST /v1/client/login': { fields: ({ user }) => ({ ...user, password: PASSWORD }) },
  'POST /v1/client/register': {
    fields: ({ ids }) => ({ username: unique('reg'), licenseKey: ids['key'] }),
  },
  'POST /v1/client/license': { fields: ({ ids }) => ({ licenseKey: ids['key'] }) },
  'POST /v1/builder/build': { fields: ({ app }) => ({ appId: app.id }) },
  'POST /v1/admin/licenses/generate': { fields: ({ app }) => ({ appId: app.id }) },
  'POST /v1/admin/blacklist': {
    fields: ({ app }) => ({ appId: app.id, value: unique('BAD-') }),
  },
  'GET /v1/admin/users': { query: ({ app }) => `?appId=${app.id}` },
  'POST /v1/admin/apps/{appId}/import': {
    query: () => '?format=json',
    file: [{ key: 'IMPORTED-1', durationType: '30d' }],
  },
  'GET /v1/admin/audit/consistency': { query: () => '?from=0' },
  'GET /v1/admin/audit/inclusion': {
    query: () => `?recordId=aud_${randomBytes(16).toString('hex')}`,
  },
  'PUT /v1/admin/apps/{appId}/files/{fileId}/content': { file: ['any bytes'] },
  'POST /v1/admin/files/upload': { form: ({ app }) => aForm('any bytes', { appId: app.id }) },
  'GET /v1/client/files/{fileId}': ofSession,
  'GET /v1/client/files/{fileId}/bytes': ofSession,
  'GET /v1/client/files/latest': {
    ...ofSession,
    before: ({ app }) => app.file('newest', { name: 'latest.exe', version: newVersion() }),
    query: () => '?name=latest.exe',
  },
  'GET /v1/files/download/{fileId}': ofSession,
  'GET /v1/admin/apps/{appId}/export': { query: () => '?what=users' },
  'POST /v1 login': { fields: ({ user }) => ({ ...user, password: PASSWORD }) },
  'POST /v1 register': {
    fields: ({ ids }) => ({ username: unique('reg'), licenseKey: ids['key'] }),
  },
  'POST /v1 license': { fields: ({ ids }) => ({ licenseKey: ids['key'] }) },
  'POST /v1 check': { fields: ({ sessionToken }) => ({ sessionToken }) },
  'POST /v1 check_blacklist': { fields: () => ({ hwid: unique('HWID-') }) },
  'POST /v1 logout': { fields: ({ sessionToken }) => ({ sessionToken }) },
  'POST /v1 var': {
    fields: ({ sessionToken, ids }) => ({ sessionToken, key: ids['variableKey'] }),
  },
  'POST /v1 setvar': { fields: ({ sessionToken }) => ({ sessionToken }) },
  'POST /v1 getvar': { fields: ({ sessionToken, ids }) => ({ sessionToken, key: ids['name'] }) },
  'POST /v1 list_files': { fields: ({ sessionToken }) => ({ sessionToken }) },
  'POST /v1 file': {
    fields: ({ sessionToken, ids }) => ({ sessionToken, fileId: ids['fileId'] }),
  },
  'POST /v1 log': { fields: ({ sessionToken }) => ({ sessionToken }) },
  'POST /v1 fetch_online': { fields: ({ sessionToken }) => ({ sessionToken }) },
  'POST /v1 fetch_stats': { fields: ({ sessionToken }) => ({ sessionToken }) },
  'POST /v1 redeem_referral': {
    fields: ({ sessionToken, ids }) => ({ sessionToken, code: ids['code'] }),
  },
};

/**
 * Routes that one good request to a fresh server cannot show: a proof needs a checkpoint of the
 * record, which is a background job's work; test/audit looks at them.
 */
export const SHOWN_ELSEWHERE: readonly string[] = ['GET /v1/admin/audit/inclusion'];
/** A version that no other file has. */
function newVersion(): string {
  return `1.0.0-${unique('v')}`;
}

/** The query that a route cannot do without. */
export function queryOf(route: Route, world: World): string {
  return PREPARATIONS[route.key]?.query?.(world) ?? '';
}

export interface GoodRequest {
  readonly path: string;
  readonly token: string | undefined;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown> | undefined;
}

/** A request that succeeds, on a world that nobody else uses. */
export async function goodRequest(
  contract: Contract,
  { route, name, schema, type }: Omit<BodyCase, 'schema'> & Partial<BodyCase>,
  world: World,
): Promise<GoodRequest> {
  const { before, fields, file, form, headers } = PREPARATIONS[name] ?? {};
  await before?.(world);
  const sent = form?.(world);
  const own = shown(route, world);
  const credentials = type ? { type, appId: world.app.id, apiKey: world.app.apiKey } : {};
  return {
    path: fill(route, world.ids) + queryOf(route, world),
    token: own.token,
    headers: {
      ...own.headers,
      ...headers?.(world),
      ...(sent ? { 'content-type': sent.contentType } : {}),
    },
    body:
      // A form is bytes already, which `inject` sends as they are.
      (file ?? sent?.body) !== undefined
        ? ((file ?? sent?.body) as Record<string, unknown>)
        : schema && {
            ...contract.minimal(schema),
            ...credentials,
            ...((await fields?.(world)) ?? {}),
          },
  };
}

/** What a route asks its callers to show. */
export function shown(route: Route, world: World): Pick<GoodRequest, 'token' | 'headers'> {
  const headers: Record<string, string> = {};
  if (route.credential === 'app-client') headers['x-api-key'] = world.app.apiKey;
  if (route.credential === 'gateway') headers['authorization'] = world.gatewayKey;
  Object.assign(headers, PREPARATIONS[route.key]?.headers?.(world));
  return { token: tokenFor(route, world), headers };
}

/** Every request there is: the kinds of bodies, and the routes without one. */
export function requests(contract: Contract): (Omit<BodyCase, 'schema'> & Partial<BodyCase>)[] {
  const bodiless = contract.routes.filter(({ body }) => !body);
  return [...contract.bodies(), ...bodiless.map((route) => ({ route, name: route.key }))];
}

/** An answer of `app.inject`: no socket between, so it is quick and takes any bytes. */
export interface Injected {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers as a client would: unchecked
  readonly body: any;
}

export interface InjectOptions {
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  /** Sent as it is; `body` is sent as JSON. */
  readonly raw?: string | Buffer;
  readonly body?: unknown;
}

export async function inject(
  server: Pick<TestServer, 'app'>,
  method: string,
  path: string,
  { token, headers = {}, raw, body }: InjectOptions = {},
): Promise<Injected> {
  const bytes = raw ?? (Buffer.isBuffer(body) ? body : undefined);
  const payload = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await server.app.inject({
    method: method as 'GET',
    url: path,
    headers: {
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  const text = answer.body;
  const isJson = String(answer.headers['content-type']).includes('json') && text !== '';
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: isJson ? JSON.parse(text) : text,
  };
}

/**
 * What comes later, in the background: the tree over audit_records, which tells of every change by
 * itself, and the log of refusals, which every refusal is meant to fill.
 */
const MADE_LATER = /^(audit_(pending|leaves|nodes|checkpoints)|auth_attempts\w*)$/;

/** Rows and digest of every table: equal before and after means nothing was stored or changed. */
export async function snapshot(database: TestDatabase): Promise<Record<string, string>> {
  const tables = (await tablesOf(database)).filter((table) => !MADE_LATER.test(table));
  const selects = tables.map(
    (table) =>
      `SELECT '${table}' AS name, count(*) || ' rows ' ||
              coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') AS digest
         FROM "${table}" t`,
  );
  // Workers of a parallel plan hand in their parts in any order.
  const rows = await database.rows<{ name: string; digest: string }>(
    `${selects.join(' UNION ALL ')} ORDER BY name`,
  );
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** Tables in which something is other than it was. */
export function changedTables(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  return Object.keys(after).filter((table) => after[table] !== before[table]);
}

/** Everything that is stored, as text. */
export async function storedText(database: TestDatabase, only?: string[]): Promise<string> {
  const tables = only ?? (await tablesOf(database));
  const selects = tables.map((table) => `SELECT t::text AS line FROM "${table}" t`);
  const rows = await database.rows<{ line: string }>(selects.join(' UNION ALL '));
  return rows.map(({ line }) => line).join('\n');
}

async function tablesOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.rows<{ name: string }>(
    // What was tried is kept whatever came of it.
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^auth_attempts' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

/** Repeatable pseudo-random numbers (mulberry32): `next(n)` is a whole number below n. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
