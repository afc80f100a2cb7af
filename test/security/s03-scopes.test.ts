import { SCOPES } from '../../src/kernel';
import { AccessGuard } from '../../src/platform/http/access';
import { aSeller } from '../factories';
import { anApiToken } from '../factories/account';
import { startTestServer, TestServer } from '../support/server';
import { Contract, Route } from './contract';
import { fill, inject, missingIds, snapshot } from './support';
import { portion } from '../fuzz/run';

/**
 * The area of every part of an application, by the first word behind its id; a new word must be
 * entered here, or the suite fails. It is written down a second time on purpose.
 */
const AREAS: Readonly<Record<string, string>> = {
  '': 'apps',
  'regenerate-key': 'apps',
  licenses: 'licenses',
  users: 'users',
  sessions: 'sessions',
  blacklist: 'blacklist',
  variables: 'variables',
  'referral-codes': 'referrals',
  resellers: 'resellers',
  logs: 'logs',
  denials: 'logs',
  files: 'files',
  webhooks: 'webhooks',
  import: 'licenses',
  export: 'licenses',
  audit: 'audit',
  events: 'audit',
};

/** What an API token needs for a route; null where none will do: the account itself. */
function neededScope({ method, path }: Route): string | null {
  if (path.startsWith('/v1/auth/')) return null;
  if (path.startsWith('/api/tki/'))
    return `${tkiArea(path)}:${method === 'GET' ? 'read' : 'write'}`;
  if (path.startsWith('/v1/builder/')) return `builder:${method === 'GET' ? 'read' : 'write'}`;
  // Below an application, or on the paths of document 001 that do not name one.
  const below = /^\/v1\/admin\/(?:apps(?:\/\{appId\}(?:\/([^/]+))?)?|([^/]+))/.exec(path);
  const word = below?.[1] ?? below?.[2] ?? '';
  if (!below || !(word in AREAS)) {
    throw new Error(`${method} ${path}: which scope it takes is written nowhere`);
  }
  return `${AREAS[word]}:${method === 'GET' ? 'read' : 'write'}`;
}

/** Products are applications, and so are the settings of their door. */
function tkiArea(path: string): string {
  if (/\/licenses(\/|$)/.test(path)) return 'licenses';
  return /\/(blacklist|logs)(\/|$)/.exec(path)?.[1] ?? 'apps';
}

function covers(scope: string, needed: string | null): boolean {
  return scope === needed || scope === needed?.replace(':read', ':write');
}

/** The use of the tokens is noted, and a seller's one gateway has no id that could be missing. */
const CHANGED = ['api_tokens', 'gateways', 'audit_records'];

/** Every route with a token of every scope. */
jest.setTimeout(180_000);

describe('S-03 an API token does what its scopes name, and no more', () => {
  let server: TestServer;
  let routes: readonly Route[];
  let tokens: ReadonlyMap<string, string>;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    routes = new Contract(server.app).routes.filter(({ operation }) =>
      operation.security.some((scheme) => 'seller' in scheme),
    );
    const seller = await aSeller(server.url);
    const made = new Map<string, string>();
    for (const scope of SCOPES) made.set(scope, (await anApiToken(seller, [scope])).token);
    tokens = made;
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  /** Shows every token to every route, about things that do not exist; tells what went wrong. */
  async function findings(): Promise<string[]> {
    const found: string[] = [];
    const ids = { ...anyIds(routes), ...missingIds() };
    for (const route of portion(routes)) {
      const needed = neededScope(route);
      for (const [scope, token] of tokens) {
        const answer = await inject(server, route.method, fill(route, ids), { token });
        const refused = answer.status === 403 && answer.body.code === 'INSUFFICIENT_SCOPE';
        const allowed = covers(scope, needed);
        // Behind the guard the thing is missing, the body incomplete or no form, or the list empty.
        const reached = [200, 400, 404, 415].includes(answer.status);
        if (allowed ? !reached : !refused) {
          found.push(`${route.key} with ${scope}: ${answer.status} ${answer.text}`);
        }
      }
    }
    return found;
  }

  test('S-03 every seller route takes the tokens of its area and refuses all others', async () => {
    expect(routes.length).toBeGreaterThan(40);
    const before = await snapshot(server.database);
    expect(await findings()).toEqual([]);
    const after = await snapshot(server.database);
    expect(without(after, CHANGED)).toEqual(without(before, CHANGED));
  });

  test('S-03 the refusal names the scope that is missing', async () => {
    const token = tokens.get('apps:read');
    const answer = await inject(server, 'POST', '/v1/admin/apps', { token, body: { name: 'A' } });
    expect(answer.body).toMatchObject({
      code: 'INSUFFICIENT_SCOPE',
      message: 'This token lacks the scope apps:write',
    });
  });

  test('S-03 HEAD reads, and a method in a header changes nothing', async () => {
    const read = tokens.get('apps:read');
    expect((await inject(server, 'HEAD', '/v1/admin/apps', { token: read })).status).toBe(200);
    const headers = { 'x-http-method-override': 'GET', 'x-http-method': 'GET', 'x-method': 'GET' };
    const body = { name: 'A' };
    const posted = await inject(server, 'POST', '/v1/admin/apps', { token: read, headers, body });
    expect(posted.status).toBe(403);
  });

  test('S-03 twin: without the check of scopes every token does everything', async () => {
    jest.spyOn(AccessGuard.prototype as never, 'requireScope').mockReturnValue(undefined as never);
    const found = await findings();
    const wrong = portion(routes).flatMap((route) =>
      [...tokens.keys()].filter((scope) => !covers(scope, neededScope(route))),
    );
    expect(found.length).toBeGreaterThan(0.9 * wrong.length);
  });
});

function without(tables: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(tables).filter(([table]) => !names.includes(table)));
}

/** Something for each parameter, should `missingIds` not know it yet. */
function anyIds(routes: readonly Route[]): Record<string, string> {
  return Object.fromEntries(routes.flatMap(({ params }) => params.map((name) => [name, 'x'])));
}
