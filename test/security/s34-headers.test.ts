import { aSeller } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { Contract } from './contract';
import { aWorld, goodRequest, inject, Injected, requests } from './support';
import { inLanes, portion } from '../fuzz/run';

/** Switched by the twin: answers leave without our headers. */
const mockGuard = { off: false };
jest.mock('../../src/platform/http/security-headers', () => {
  type Adder = { addSecurityHeaders: (...given: unknown[]) => void };
  const actual = jest.requireActual<Adder>('../../src/platform/http/security-headers');
  return {
    ...actual,
    addSecurityHeaders: (...given: unknown[]) => {
      if (!mockGuard.off) actual.addSecurityHeaders(...given);
    },
  };
});

const EXPECTED = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
const FORBIDDEN = /^(x-powered-by|server|via|x-aspnet.*|access-control-.*)$/;
const ORIGIN = { origin: 'https://attacker.example' };

/** What is wrong with the headers of an answer. */
function flaws(name: string, { headers }: Injected, policy = "default-src 'none'"): string[] {
  const wrong = Object.entries(EXPECTED).filter(([header, value]) => headers[header] !== value);
  const extra = Object.keys(headers).filter((header) => FORBIDDEN.test(header));
  const csp = String(headers['content-security-policy']);
  return [
    ...wrong.map(([header]) => `${name}: ${header} is ${String(headers[header])}`),
    ...extra.map((header) => `${name}: sends ${header}`),
    ...(csp.startsWith(policy) && csp.includes("frame-ancestors 'none'")
      ? []
      : [`${name}: ${csp}`]),
    ...(headers['x-request-id'] ? [] : [`${name}: no request id`]),
  ];
}

/** Answers of every kind: each route's success, and what is refused before and after routing. */
async function surveyed(server: TestServer): Promise<string[]> {
  const contract = new Contract(server.app);
  const found: string[] = [];
  // Reading changes nothing, so readers share a world.
  const shared = await aWorld(await aSeller(server.url));
  await inLanes(portion(requests(contract)), async (request) => {
    const reads = request.route.method === 'GET';
    const world = reads ? shared : await aWorld(await aSeller(server.url));
    const { path, token, headers, body } = await goodRequest(contract, request, world);
    const options = { token, body, headers: { ...headers, ...ORIGIN } };
    found.push(...flaws(request.name, await inject(server, request.route.method, path, options)));
  });
  return [...found, ...(await refused(server))];
}

async function refused(server: TestServer): Promise<string[]> {
  const bad: [name: string, method: string, path: string, raw?: string, type?: string][] = [
    ['404', 'GET', '/nowhere'],
    ['404 by method', 'DELETE', '/nowhere/at/all'],
    ['405', 'DELETE', '/v1/auth/login'],
    ['405 on the dispatcher', 'GET', '/v1'],
    ['401', 'GET', '/v1/auth/profile'],
    ['400', 'POST', '/v1/auth/login', '{}'],
    ['400 malformed', 'POST', '/v1', '{'],
    ['413', 'POST', '/v1', `{"x":"${'a'.repeat(3 << 20)}"}`],
    ['415', 'POST', '/v1', '<x/>', 'text/xml'],
    ['OPTIONS', 'OPTIONS', '/v1'],
    ['preflight', 'OPTIONS', '/v1/admin/apps'],
    ['HEAD', 'HEAD', '/health'],
    ['bad escape', 'GET', '/v1/admin/apps/%'],
    ['endless parameter', 'GET', `/v1/admin/apps/${'a'.repeat(600)}`],
  ];
  const found: string[] = [];
  for (const [name, method, path, raw, type] of bad) {
    const preflight = { 'access-control-request-method': 'POST' };
    const headers = { ...ORIGIN, ...preflight, ...(type ? { 'content-type': type } : {}) };
    const answer = await inject(server, method, path, { raw, headers });
    found.push(...flaws(name, answer));
    if (method === 'OPTIONS' && answer.status < 400) found.push(`${name}: ${answer.status}`);
  }
  return found;
}

/** Every route that changes something has a world of its own. */
jest.setTimeout(240_000);

describe('S-34 headers of every answer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  });
  afterAll(() => server.close());

  test('S-34 nosniff, no framework name, no CORS, no caching, on successes and on every refusal', async () => {
    expect(await surveyed(server)).toEqual([]);
  });

  test('S-34 the API page has a policy of its own that admits only this server, and works under it', async () => {
    const page = await inject(server, 'GET', '/docs');
    expect(flaws('docs', page, "default-src 'self'")).toEqual([]);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      expect(source).not.toMatch(/^(https?:)?\/\//);
      const { status } = await inject(server, 'GET', new URL(source, 'http://x/docs').pathname);
      expect(`${source} ${status}`).toBe(`${source} 200`);
    }
  });

  test('S-34 HSTS when it is switched on, not otherwise', async () => {
    const secure = await startTestServer({ HSTS: 'true', BACKGROUND_JOBS: 'false' });
    const header = 'strict-transport-security';
    expect((await inject(server, 'GET', '/health/live')).headers[header]).toBeUndefined();
    expect((await inject(secure, 'GET', '/health/live')).headers[header]).toMatch(/^max-age=\d{8}/);
    await secure.close();
  });

  test('S-34 twin: without the hook every answer is faulted', async () => {
    mockGuard.off = true;
    const open = await startTestServer({ BACKGROUND_JOBS: 'false' });
    const found = await refused(open);
    await open.close();
    mockGuard.off = false;
    expect(new Set(found.map((text) => text.split(':')[0])).size).toBe(12);
    // What the router refuses itself never reaches the hook.
    expect(found.join()).not.toMatch(/bad escape|endless/);
  });
});
