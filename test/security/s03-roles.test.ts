import { Strategy } from 'passport-jwt';
import { AccessGuard } from '../../src/platform/http/access';
import { aSeller } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { Contract, Route } from './contract';
import { claimsOf, Pretender, pretenders } from './pretenders';
import { hangUpRaw, raw } from './raw';
import {
  aWorld,
  goodRequest,
  GoodRequest,
  requests,
  changedTables,
  snapshot,
  World,
} from './support';
import { isFailureText } from '../support/failure';
import { portion } from '../fuzz/run';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const REFUSED = [401, 403, 404, 405];

interface Target {
  readonly name: string;
  readonly route: Route;
  readonly type?: string | undefined;
  readonly good: GoodRequest;
}

describe('S-03 nobody climbs into a role that is not theirs', () => {
  let server: TestServer;
  let contract: Contract;
  let world: World;
  let everybody: Pretender[];
  let targets: Target[];
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    contract = new Contract(server.app);
    world = await aWorld(await aSeller(server.url));
    everybody = await pretenders(server, contract, world);
    targets = [];
    for (const request of requests(contract)) {
      const { route, name, type } = request;
      if (!route.secured && type === undefined) continue;
      const good = await goodRequest(contract, request, world);
      targets.push({ name, route, type, good });
    }
    // What removes things comes last, the larger after what it holds: each attack finds its aim.
    const order = ({ route }: Target) => (route.method === 'DELETE' ? 9 - route.params.length : 0);
    targets.sort((one, other) => order(one) - order(other));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    hangUpRaw();
    await server.close();
  });

  /** Runs `attacks` and tells what they found, and whether they left anything behind. */
  async function without<T>(attacks: () => Promise<T>): Promise<{ found: T; changed: string[] }> {
    const before = await snapshot(server.database);
    const found = await attacks();
    return { found, changed: changedTables(before, await snapshot(server.database)) };
  }

  /** Every request of the document by everybody who has no business there. */
  async function climb(
    chosen: readonly Target[],
    who: (pretender: Pretender) => boolean = () => true,
  ): Promise<string[]> {
    const findings: string[] = [];
    for (const { name, route, good } of chosen.filter(({ type }) => !type)) {
      for (const pretender of everybody.filter(who)) {
        if (pretender.athome?.(route)) continue;
        for (const method of [route.method, ...(route.method === 'GET' ? ['HEAD'] : [])]) {
          const { headers } = pretender;
          const body = method === 'HEAD' ? undefined : good.body;
          const answer = await raw(server.url, method, good.path, { headers, body });
          const told = answer.text === '' || isFailureText(answer.text);
          if (REFUSED.includes(answer.status) && told) continue;
          findings.push(`${method} ${name}, ${pretender.name}: ${answer.status} ${answer.text}`);
        }
      }
    }
    return findings;
  }

  test('S-03 every route of the document is somebody’s, and everybody else is refused, without effect', async () => {
    expect(targets.length).toBeGreaterThan(40);
    expect(await without(() => climb(portion(targets)))).toEqual({ found: [], changed: [] });
  });

  test('S-03 where the credentials stand in the body, other kinds are no better', async () => {
    const other = await aWorld(await aSeller(server.url));
    const attack = async () => {
      const findings: string[] = [];
      for (const { name, good } of targets.filter(({ type }) => type)) {
        const others = everybody.filter(({ name: who }) => !who.startsWith('the API key'));
        const tokens = [
          ...others.map(({ name: who, headers }) => [who, Object.values(headers)[0]] as const),
          ['the API key of another application', other.app.apiKey] as const,
        ];
        for (const [who, shown] of tokens.filter(([, value]) => value !== undefined)) {
          const token = shown!.replace(/^Bearer /, '');
          const body = { ...good.body, apiKey: token };
          const headers = { authorization: `Bearer ${world.seller.accessToken}` };
          const answer = await raw(server.url, 'POST', good.path, { headers, body });
          // A token that is longer than any API key is refused as such.
          const refused = answer.status === 401 || (answer.status === 400 && token.length > 128);
          if (!refused) findings.push(`${name}, ${who}: ${answer.status} ${answer.text}`);
        }
      }
      return findings;
    };
    expect(await without(attack)).toEqual({ found: [], changed: [] });
  });

  test('S-03 methods that the document does not have do nothing, even with the right credentials', async () => {
    const documented = new Map<string, Set<string>>();
    for (const { path, method } of contract.routes) {
      documented.set(path, (documented.get(path) ?? new Set()).add(method));
    }
    const attack = async () => {
      const findings: string[] = [];
      for (const { route, good } of portion(targets)) {
        const known = documented.get(route.path)!;
        for (const method of METHODS.filter((one) => !known.has(one))) {
          const { token, headers, body } = good;
          const sent = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) ? body : undefined;
          const { status } = await raw(server.url, method, good.path, {
            token,
            headers,
            body: sent,
          });
          // HEAD is GET without its body.
          const fine =
            method === 'HEAD' &&
            known.has('GET') &&
            status === (await raw(server.url, 'GET', good.path, { token, headers })).status;
          const owned = known.has('GET') || method !== 'HEAD' ? [404, 405] : REFUSED;
          if (!fine && !owned.includes(status)) {
            findings.push(`${method} ${route.path}: ${status}`);
          }
        }
      }
      return findings;
    };
    expect(await without(attack)).toEqual({ found: [], changed: [] });
  });

  test('S-03 twin: without the audience a token of another kind opens', async () => {
    const decode: (...given: unknown[]) => void = (given, _key, _options, done) =>
      (done as (error: null, claims: unknown) => void)(null, claimsOf(String(given)));
    jest.spyOn(Strategy as never, 'JwtVerifier').mockImplementation(decode as never);
    const reads = targets.filter(({ name }) => name === 'GET /v1/auth/profile');
    const forged = ({ name }: Pretender) => name.endsWith('that names the seller');
    // Two of them, by GET and by HEAD.
    expect(await climb(reads, forged)).toHaveLength(4);
  });

  test('S-03 twin: without the guard everybody is let in, and things change', async () => {
    const { sub, sid } = claimsOf(world.seller.accessToken) as Record<string, string>;
    const principal = { kind: 'seller', sellerId: sub, sessionId: sid, token: null };
    jest.spyOn(AccessGuard.prototype, 'canActivate').mockImplementation((context) => {
      Object.assign(context.switchToHttp().getRequest<object>(), { principal });
      return Promise.resolve(true);
    });
    const sellers = targets.filter(({ route }) => route.credential === 'seller');
    const nobody = ({ name }: Pretender) => name === 'nobody';
    const { found, changed } = await without(() => climb(sellers, nobody));
    const entered = sellers.filter(({ name }) => found.some((text) => text.includes(`${name},`)));
    expect(entered.length).toBeGreaterThan(0.9 * sellers.length);
    expect(changed).not.toEqual([]);
  });
});
