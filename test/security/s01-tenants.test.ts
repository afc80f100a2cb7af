import { aSeller, TestReseller, TestSeller } from '../factories';
import { freshDatabase, TestDatabase } from '../support/database';
import { Answer, send } from '../support/http';
import { SpawnedServer, spawnServer, startTestServer } from '../support/server';
import { inLanes, portion, PORTION } from '../fuzz/run';
import { Contract, Route } from './contract';
import {
  aWorld,
  fill,
  goodRequest,
  guardOff,
  missingIds,
  queryOf,
  requests,
  SHOWN_ELSEWHERE,
  changedTables,
  snapshot,
  World,
} from './support';

/**
 * Every route of the document with the ids its path takes. A route of a caller's own or of nobody
 * has none; a new route must be entered here, and its ids in `aWorld`, or the suite fails.
 */
const APP = 'v1/admin/apps/{appId}';
const PRODUCT = 'api/tki/products/{appId}';
const MATRIX: Readonly<Record<string, readonly string[]>> = {
  'GET /health': [],
  'GET /api/health': [],
  'GET /health/live': [],
  'GET /health/ready': [],
  'GET /reset-password': [],
  'POST /v1': [],
  'POST /api/license/auth': [],
  'GET /api/tki/products': [],
  'POST /api/tki/products': [],
  'GET /api/tki/blacklist': [],
  'POST /api/tki/blacklist': [],
  'DELETE /api/tki/blacklist/{blockId}': ['blockId'],
  'GET /api/tki/settings': [],
  'PATCH /api/tki/settings': [],
  'POST /api/tki/settings/regenerate-key': [],
  'GET /api/tki/logs': [],
  ...entries(
    ['appId'],
    [
      `GET /${PRODUCT}`,
      `PATCH /${PRODUCT}`,
      `DELETE /${PRODUCT}`,
      `GET /${PRODUCT}/analytics`,
      `GET /${PRODUCT}/licenses`,
      `POST /${PRODUCT}/licenses`,
    ],
  ),
  ...entries(
    ['appId', 'licenseId'],
    [
      `GET /${PRODUCT}/licenses/{licenseId}`,
      `PATCH /${PRODUCT}/licenses/{licenseId}`,
      `DELETE /${PRODUCT}/licenses/{licenseId}`,
      `POST /${PRODUCT}/licenses/{licenseId}/reset-ips`,
      `POST /${PRODUCT}/licenses/{licenseId}/reset-hwids`,
    ],
  ),
  'POST /v1/auth/register': [],
  'POST /v1/auth/login': [],
  'POST /v1/auth/refresh': [],
  'POST /v1/auth/logout': [],
  'POST /v1/auth/change-password': [],
  'GET /v1/auth/profile': [],
  'POST /v1/client/login': [],
  'POST /v1/client/register': [],
  'POST /v1/client/license': [],
  'GET /v1/builder/status': [],
  // The application stands in the body: test/security/s29-builder.test.ts.
  'POST /v1/builder/build': [],
  // The application stands in the body or the query: test/golden/authon-rest.test.ts.
  'POST /v1/admin/files/upload': [],
  'GET /v1/client/files/latest': [],
  ...entries(
    ['fileId'],
    [
      'GET /v1/client/files/{fileId}',
      'GET /v1/client/files/{fileId}/bytes',
      'GET /v1/files/download/{fileId}',
    ],
  ),
  'POST /v1/admin/licenses/generate': [],
  'POST /v1/admin/blacklist': [],
  'GET /v1/admin/users': [],
  'GET /v1/reseller/keys': [],
  'POST /v1/reseller/keys/generate': [],
  ...entries(
    ['userId'],
    ['GET', 'PATCH', 'DELETE'].map((verb) => `${verb} /v1/admin/users/{userId}`),
  ),
  'POST /v1/auth/forgot-password': [],
  'POST /v1/auth/reset-password': [],
  'POST /v1/auth/totp/setup': [],
  'POST /v1/auth/totp/confirm': [],
  'POST /v1/auth/totp/disable': [],
  'GET /v1/auth/sessions': [],
  'DELETE /v1/auth/sessions/{signInId}': ['signInId'],
  'POST /v1/auth/tokens': [],
  'GET /v1/auth/tokens': [],
  'DELETE /v1/auth/tokens/{tokenId}': ['tokenId'],
  'GET /v1/admin/apps': [],
  'POST /v1/admin/apps': [],
  // Whose record it is stands in the query: test/audit/record.test.ts.
  'GET /v1/admin/audit': [],
  'GET /v1/admin/audit/checkpoint': [],
  'GET /v1/admin/audit/inclusion': [],
  'GET /v1/admin/audit/consistency': [],
  'GET /v1/admin/events': [],
  'POST /v1/reseller/login': [],
  'POST /v1/reseller/logout': [],
  'GET /v1/reseller/licenses': [],
  'POST /v1/reseller/licenses': [],
  'GET /v1/reseller/balance': [],
  'GET /v1/reseller/stats': [],
  'GET /v1/reseller/ledger': [],
  'GET /v1/reseller/ledger/export': [],
  'DELETE /v1/reseller/licenses/{licenseId}': ['licenseId'],
  ...entries(
    ['appId'],
    [
      `GET /${APP}`,
      `PUT /${APP}`,
      `PATCH /${APP}`,
      `DELETE /${APP}`,
      `POST /${APP}/import`,
      `GET /${APP}/export`,
      `POST /${APP}/regenerate-key`,
      `GET /${APP}/licenses`,
      `POST /${APP}/licenses`,
      `GET /${APP}/users`,
      `POST /${APP}/users`,
      `GET /${APP}/sessions`,
      `GET /${APP}/blacklist`,
      `POST /${APP}/blacklist`,
      `GET /${APP}/variables`,
      `POST /${APP}/variables`,
      `GET /${APP}/logs`,
      `GET /${APP}/denials`,
      `GET /${APP}/files`,
      `POST /${APP}/files`,
      `GET /${APP}/referral-codes`,
      `POST /${APP}/referral-codes`,
      `GET /${APP}/resellers`,
      `POST /${APP}/resellers`,
      `GET /${APP}/webhooks`,
      `POST /${APP}/webhooks`,
    ],
  ),
  ...entries(
    ['appId', 'webhookId'],
    [
      `PATCH /${APP}/webhooks/{webhookId}`,
      `DELETE /${APP}/webhooks/{webhookId}`,
      `GET /${APP}/webhooks/{webhookId}/deliveries`,
      ...['test', 'rotate-secret', 'replay'].map(
        (verb) => `POST /${APP}/webhooks/{webhookId}/${verb}`,
      ),
    ],
  ),
  ...entries(
    ['appId', 'webhookId', 'deliveryId'],
    [`POST /${APP}/webhooks/{webhookId}/deliveries/{deliveryId}/replay`],
  ),
  ...entries(
    ['appId', 'resellerId'],
    [
      `GET /${APP}/resellers/{resellerId}`,
      `PATCH /${APP}/resellers/{resellerId}`,
      `DELETE /${APP}/resellers/{resellerId}`,
      `POST /${APP}/resellers/{resellerId}/topup`,
      `POST /${APP}/resellers/{resellerId}/sign-out`,
      `GET /${APP}/resellers/{resellerId}/ledger`,
      `GET /${APP}/resellers/{resellerId}/ledger/export`,
    ],
  ),
  ...entries(['appId', 'key'], [`GET /${APP}/licenses/by-key/{key}`]),
  ...entries(
    ['appId', 'licenseId'],
    [
      `GET /${APP}/licenses/{licenseId}`,
      `PATCH /${APP}/licenses/{licenseId}`,
      `DELETE /${APP}/licenses/{licenseId}`,
      `GET /${APP}/licenses/{licenseId}/devices`,
      `GET /${APP}/licenses/{licenseId}/addresses`,
      ...[
        'ban',
        'unban',
        'suspend',
        'resume',
        'revoke',
        'extend',
        'reset-devices',
        'reset-addresses',
      ].map((verb) => `POST /${APP}/licenses/{licenseId}/${verb}`),
    ],
  ),
  ...entries(
    ['appId', 'userId'],
    [
      `GET /${APP}/users/{userId}`,
      `PATCH /${APP}/users/{userId}`,
      `DELETE /${APP}/users/{userId}`,
      `GET /${APP}/users/{userId}/variables`,
      ...['ban', 'unban', 'freeze', 'unfreeze', 'reset-hwid', 'extend'].map(
        (verb) => `POST /${APP}/users/{userId}/${verb}`,
      ),
    ],
  ),
  ...entries(
    ['appId', 'userId', 'name'],
    [
      `PUT /${APP}/users/{userId}/variables/{name}`,
      `DELETE /${APP}/users/{userId}/variables/{name}`,
    ],
  ),
  ...entries(
    ['appId', 'variableId'],
    [`PATCH /${APP}/variables/{variableId}`, `DELETE /${APP}/variables/{variableId}`],
  ),
  ...entries(
    ['appId', 'fileId'],
    [
      `GET /${APP}/files/{fileId}`,
      `PATCH /${APP}/files/{fileId}`,
      `DELETE /${APP}/files/{fileId}`,
      `PUT /${APP}/files/{fileId}/content`,
    ],
  ),
  ...entries(['appId', 'codeId'], [`DELETE /${APP}/referral-codes/{codeId}`]),
  ...entries(['appId', 'sessionId'], [`DELETE /${APP}/sessions/{sessionId}`]),
  ...entries(
    ['appId', 'entryId'],
    ['PATCH', 'DELETE'].map((method) => `${method} /${APP}/blacklist/{entryId}`),
  ),
};

function entries(params: string[], keys: string[]): Record<string, string[]> {
  return Object.fromEntries(keys.map((key) => [key, params]));
}

/** What differs between any two answers, whatever was asked. */
const VOLATILE = /^(date|x-request-id|.*ratelimit.*|retry-after)$/;

function comparable({ status, headers, text }: Answer): string {
  const kept = [...headers].filter(([name]) => !VOLATILE.test(name)).sort();
  return JSON.stringify([status, kept, text.replace(/"requestId":"[^"]*"/, '"requestId":"-"')]);
}

interface Attack {
  readonly name: string;
  readonly token: string | undefined;
  readonly ids: Readonly<Record<string, string>>;
  /** The same request for things that do not exist: the answer must be the same. */
  readonly absent: Readonly<Record<string, string>>;
  readonly status: 401 | 404;
  readonly headers?: Record<string, string>;
}

interface Parties {
  readonly victim: World;
  /** Two applications of one attacking seller. */
  readonly own: World;
  readonly second: World;
  /** Another reseller of the victim's application. */
  readonly rival: TestReseller;
}

/** A reseller asks for what another reseller made: of the same application, and of another. */
function attacksOnReseller({ victim, own, rival }: Parties): Attack[] {
  const foreign = { ids: victim.ids, absent: missingIds() };
  const { accessToken: sellersOwn } = victim.seller;
  return [
    { name: 'other reseller of the application', token: rival.token, ...foreign, status: 404 },
    { name: 'reseller of another application', token: own.reseller.token, ...foreign, status: 404 },
    { name: 'no token', token: undefined, ...foreign, status: 401 },
    { name: "the seller's own token", token: sellersOwn, ...foreign, status: 401 },
    { name: "a user's session token", token: victim.sessionToken, ...foreign, status: 401 },
    { name: 'the API key as token', token: victim.app.apiKey, ...foreign, status: 401 },
  ];
}

/** A client asks for a file of another application, or without a session of its own. */
function attacksOnFile(route: Route, { victim, own }: Parties): Attack[] {
  const foreign = { token: undefined, ids: victim.ids, absent: missingIds() };
  const shown = (key: World, session?: string): Record<string, string> => ({
    ...(route.credential === 'app-client' ? { 'x-api-key': key.app.apiKey } : {}),
    ...(session ? { 'x-session-token': session } : {}),
  });
  const attack = (name: string, status: 401 | 404, headers: Record<string, string>) => {
    return { name, ...foreign, status, headers };
  };
  const { accessToken } = victim.seller;
  const attacks = [
    attack('client of another application', 404, shown(own, own.sessionToken)),
    attack('no session', 401, shown(victim)),
    attack("the seller's own token as a session", 401, shown(victim, accessToken)),
    attack('the API key as a session', 401, shown(victim, victim.app.apiKey)),
  ];
  if (route.credential === null) return attacks;
  return [
    ...attacks,
    attack('session of another application', 401, shown(victim, own.sessionToken)),
    attack('its session under another key', 401, shown(own, victim.sessionToken)),
  ];
}

function attacksOn(route: Route, parties: Parties): Attack[] {
  if (route.credential !== 'seller' && route.params.includes('fileId')) {
    return attacksOnFile(route, parties);
  }
  if (route.credential === 'reseller') return attacksOnReseller(parties);
  const { victim, own, second } = parties;
  const missing = missingIds();
  const token = own.seller.accessToken;
  const foreign = { ids: victim.ids, absent: missing };
  const attacks: Attack[] = [
    { name: 'other seller', token, ...foreign, status: 404 },
    { name: 'no token', token: undefined, ...foreign, status: 401 },
    { name: "a user's session token", token: victim.sessionToken, ...foreign, status: 401 },
    { name: 'the API key as token', token: victim.app.apiKey, ...foreign, status: 401 },
    { name: "a reseller's token", token: victim.reseller.token, ...foreign, status: 401 },
  ];
  if (route.method === 'POST') {
    const headers = { 'idempotency-key': `key-of-${route.key.replaceAll(/\W/g, '-')}` };
    attacks.push({ name: 'other seller, may repeat', token, ...foreign, status: 404, headers });
  }
  if (route.params.length > 1) {
    const { appId } = own.ids;
    const absent = { ...missing, appId: appId! };
    attacks.push(
      {
        name: 'own child under a foreign application',
        token,
        ids: { ...own.ids, appId: victim.ids['appId']! },
        absent: { ...own.ids, appId: missing['appId']! },
        status: 404,
      },
      {
        name: 'foreign child under the own application',
        token,
        ids: { ...victim.ids, appId: appId! },
        absent,
        status: 404,
      },
      {
        name: 'child of the own other application',
        token,
        ids: { ...second.ids, appId: appId! },
        absent,
        status: 404,
      },
    );
  }
  return attacks;
}

/** Attacks one route, process and process in turn, and tells what gave something away. */
async function attackRoute(
  contract: Contract,
  route: Route,
  parties: Parties,
  urls: readonly string[],
): Promise<string[]> {
  const request = requests(contract).find(({ name }) => name === route.key)!;
  const { body } = await goodRequest(contract, { ...request, name: '' }, parties.victim);
  const findings: string[] = [];
  const query = queryOf(route, parties.victim);
  for (const [index, attack] of attacksOn(route, parties).entries()) {
    const ask = (ids: Attack['ids'], process: number) =>
      send(urls[process % urls.length]!, route.method, fill(route, ids) + query, body, {
        ...(attack.token === undefined ? {} : { token: attack.token }),
        ...(attack.headers ? { headers: attack.headers } : {}),
      });
    const answer = await ask(attack.ids, index);
    const reference = await ask(attack.absent, index + 1);
    const same = comparable(answer) === comparable(reference);
    if (answer.status !== attack.status || !same) {
      findings.push(
        `${route.key}, ${attack.name}: ${comparable(answer)}, not ${comparable(reference)}`,
      );
    }
  }
  return findings;
}

/** In a small run at most so many routes show that the guard before them can fail; else all. */
const SAMPLE = PORTION > 1 ? 8 : Infinity;

function sample(routes: readonly Route[]): Route[] {
  const step = Math.max(1, Math.ceil(routes.length / SAMPLE));
  return routes.filter((_, index) => index % step === 0);
}

interface Outcome {
  readonly findings: string[];
  /** Tables in which anything was stored or changed. */
  readonly changed: readonly string[];
}

/**
 * Attacks routes that take an id. A victim stands for all of them while nothing may change; without a
 * guard each route has one of its own.
 */
async function attackAll(
  database: TestDatabase,
  urls: readonly string[],
  contract: Contract,
  targets: readonly Route[],
  apart: boolean,
): Promise<Outcome> {
  const seller = await aSeller(urls[0]!);
  const attacker = await aSeller(urls[0]!);
  const [own, second] = [await aWorld(attacker), await aWorld(attacker)];
  const victims = await Promise.all((apart ? targets : [null]).map(() => aWorld(seller)));
  const rivals = await Promise.all(victims.map(({ app }) => app.reseller()));
  const before = await snapshot(database);
  const findings: string[] = [];
  for (const [index, route] of targets.entries()) {
    const of = apart ? index : 0;
    const parties = { victim: victims[of]!, own, second, rival: rivals[of]! };
    findings.push(...(await attackRoute(contract, route, parties, urls)));
  }
  return { findings, changed: changedTables(before, await snapshot(database)) };
}

/** Every route has a victim of its own, and there are many routes. */
jest.setTimeout(300_000);

const QUIET = { BACKGROUND_JOBS: 'false' };

describe('S-01 a seller sees and touches only what is theirs', () => {
  let contract: Contract;
  let database: TestDatabase;
  let servers: SpawnedServer[];
  let urls: string[];
  beforeAll(async () => {
    const described = await startTestServer();
    contract = new Contract(described.app);
    await described.close();
    database = await freshDatabase();
    servers = await Promise.all([1, 2].map(() => spawnServer(database.url, { env: QUIET })));
    urls = servers.map(({ url }) => url);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.close();
  });

  test('S-01 every route of the document stands in the matrix, with its ids', () => {
    const documented = contract.routes.map(({ key, params }) => [key, params]);
    expect(MATRIX).toEqual(Object.fromEntries(documented));
  });

  test('S-01 a foreign thing answers like a missing one, to the byte, on both processes, and nothing changes', async () => {
    const targets = portion(contract.routes.filter(({ params }) => params.length > 0));
    const outcome = await attackAll(database, urls, contract, targets, false);
    expect(outcome).toEqual({ findings: [], changed: [] });
  });

  test('S-01 the owner, asking the same, is served: the attacks reach living routes', async () => {
    const seller = await aSeller(urls[0]!);
    const refused: string[] = [];
    const asked = portion(requests(contract).filter(({ route }) => route.params.length > 0));
    await inLanes(asked, async (request) => {
      const good = await goodRequest(contract, request, await aWorld(seller));
      const options = { headers: good.headers, ...(good.token ? { token: good.token } : {}) };
      const answer = await send(urls[1]!, request.route.method, good.path, good.body, options);
      if (answer.status >= 300) refused.push(`${request.name}: ${answer.text}`);
    });
    expect(refused).toEqual([]);
  });

  test('S-01 lists hold nothing of other sellers, or of other applications', async () => {
    const [mine, other] = [await aSeller(urls[0]!), await aSeller(urls[0]!)];
    const own = await aWorld(mine);
    const strangers = [await aWorld(other), await aWorld(mine)];
    const leaks: string[] = [];
    for (const route of contract.routes.filter(
      ({ key, method, secured }) => method === 'GET' && secured && !SHOWN_ELSEWHERE.includes(key),
    )) {
      const good = await goodRequest(contract, { route, name: route.key }, own);
      const options = { headers: good.headers, ...(good.token ? { token: good.token } : {}) };
      const { status, text } = await send(urls[1]!, 'GET', good.path, undefined, options);
      if (status !== 200) leaks.push(`${route.key}: ${status} ${text}`);
      for (const [index, { ids, user, reseller }] of strangers.entries()) {
        // The other application of the same seller does belong into the list of applications.
        if (index === 1 && route.params.length === 0) continue;
        const marks = [...Object.values(ids), user.username, user.hwid, reseller.username];
        leaks.push(
          ...marks.filter((mark) => text.includes(mark)).map((mark) => `${route.key}: ${mark}`),
        );
      }
    }
    expect(leaks).toEqual([]);
  });

  test("S-01 a reseller's token opens no route of a seller, and a seller's none of a reseller", async () => {
    const world = await aWorld(await aSeller(urls[0]!));
    const opened: string[] = [];
    const secured = requests(contract).filter(({ route }) =>
      ['seller', 'reseller'].includes(route.credential ?? ''),
    );
    for (const request of secured) {
      const { route } = request;
      const { path, body } = await goodRequest(contract, { ...request, name: '' }, world);
      const token = route.credential === 'seller' ? world.reseller.token : world.seller.accessToken;
      const answer = await send(urls[1]!, route.method, path, body, { token });
      const refused = answer.status === 401 && answer.body.code === 'UNAUTHENTICATED';
      if (!refused) opened.push(`${route.key}: ${answer.status} ${answer.text}`);
    }
    expect(opened).toEqual([]);
    expect(new Set(secured.map(({ route }) => route.credential)).size).toBe(2);
  });

  test("S-01 another seller's Idempotency-Key brings nobody their answer", async () => {
    const headers = { 'idempotency-key': 'shared-between-two' };
    const sellers: TestSeller[] = [await aSeller(urls[0]!), await aSeller(urls[1]!)];
    const answers: Answer[] = [];
    for (const seller of sellers) {
      answers.push(await seller.post('/v1/admin/apps', { name: 'Same' }, { headers }));
    }
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]!.body.data.id).not.toBe(answers[1]!.body.data.id);
  });

  test('S-01 twin: without the check of who made it a reseller takes the keys of another', async () => {
    const opened = await freshDatabase();
    const ofResellers = contract.routes.filter(
      ({ params, credential }) => params.length > 0 && credential === 'reseller',
    );
    const preload = guardOff('s01-reseller-scope');
    const server = await spawnServer(opened.url, { env: QUIET, preload });
    const { findings, changed } = await attackAll(
      opened,
      [server.url],
      contract,
      ofResellers,
      true,
    );
    await server.stop();
    await opened.close();
    const refund = 'DELETE /v1/reseller/licenses/{licenseId}, other reseller of the application';
    expect(findings.map((finding) => finding.split(':')[0])).toEqual([refund]);
    expect(changed).not.toEqual([]);
  });

  describe.each([
    { guard: 's01-app-ownership', under: '/v1/admin/', params: 1, share: 0.9 },
    { guard: 's01-child-scope', under: '/v1/admin/', params: 2, share: 0.9 },
    { guard: 's01-account-scope', under: '/v1/auth/', params: 1, share: 1 },
  ])('twin: $guard off', ({ guard, under, params, share }) => {
    test('S-01 twin goes red on the routes behind that guard', async () => {
      const opened = await freshDatabase();
      const server = await spawnServer(opened.url, { env: QUIET, preload: guardOff(guard) });
      const behind = sample(
        contract.routes.filter(
          (route) => route.path.startsWith(under) && route.params.length >= params,
        ),
      );
      const { findings, changed } = await attackAll(opened, [server.url], contract, behind, true);
      await server.stop();
      await opened.close();
      expect(behind.length).toBeGreaterThan(0);
      const red = behind.filter(({ key }) => findings.some((finding) => finding.startsWith(key)));
      expect(red.length / behind.length).toBeGreaterThanOrEqual(share);
      expect(changed).not.toEqual([]);
    });
  });
});
