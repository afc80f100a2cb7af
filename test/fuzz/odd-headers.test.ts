import { Contract, Route } from '../security/contract';
import { goodRequest, inject, Injected, requests } from '../security/support';
import { startTestServer, TestServer } from '../support/server';
import { oddities, Oddity } from './odd-headers';
import { clean, draw, FuzzRun, fuzzRun, inLanes, portion, Tally, timeLimit } from './run';
import { newWorld } from './worlds';
import { isFailure } from '../support/failure';

/** Switched by the twin: whatever text names a cursor, and any text is a good Idempotency-Key. */
const mockGuard = { off: false };
jest.mock('../../src/kernel', () => {
  const actual = jest.requireActual<{ parseCursor: (text: string) => object | null }>(
    '../../src/kernel',
  );
  return {
    ...actual,
    parseCursor: (text: string) =>
      mockGuard.off ? { at: text, id: text } : actual.parseCursor(text),
  };
});

const SAFE_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** What is wrong with an answer, whatever the header was. */
function flaw(route: Route, oddity: Oddity, answer: Injected): string | null {
  const { status, headers, body } = answer;
  if (status >= 500) return `status ${status}`;
  // Only what hands out files has parts and versions.
  const ofFile = /\/(bytes$|download\/)/.test(route.path);
  if (!ofFile && (status === 206 || (status >= 300 && status < 400))) return `status ${status}`;
  const id = String(headers['x-request-id']);
  if (!SAFE_ID.test(id)) return 'an odd request id comes back';
  if (headers['x-evil'] !== undefined) return 'a header was smuggled in';
  if (status < 400) return null;
  const shaped = isFailure(body) && body.code && body.requestId === id;
  if (!shaped) return `status ${status} in another shape`;
  const named = body.errors?.some(
    ({ field }: { field: string }) => field.toLowerCase() === oddity.name,
  );
  if (oddity.name === 'cursor' && status === 400 && !named) return 'refused without naming it';
  if (oddity.name === 'idempotency-key' && body.code === 'INVALID_INPUT' && !named) {
    return 'refused without naming it';
  }
  return route.credential === null && status === 401 && !route.body ? 'public route closed' : null;
}

describe('F-06 odd headers and cursors', () => {
  const run = fuzzRun('F-06', 5_000);
  let server: TestServer;
  let contract: Contract;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false', LOGIN_MAX_ATTEMPTS: '100' });
    contract = new Contract(server.app);
  });
  afterEach(() => {
    mockGuard.off = false;
  });
  afterAll(() => server.close());

  async function sweep(kinds: ReturnType<typeof requests>, of: FuzzRun): Promise<Tally> {
    const tally = new Tally();
    const each = Math.ceil(of.volume / kinds.length);
    const readers = await newWorld(server.url);
    await inLanes(kinds, async (kind) => {
      const { route, name } = kind;
      const world = route.method === 'GET' ? readers : await newWorld(server.url);
      const good = await goodRequest(contract, kind, world);
      const shown = {
        token: good.token,
        apiKey: good.headers['x-api-key'],
        hasBody: good.body !== undefined,
        isList: route.parameters.some((parameter) => parameter.name === 'cursor'),
      };
      for (const oddity of draw(of, name, oddities(shown), each)) {
        const { headers = {}, query } = oddity;
        const path = query
          ? `${good.path}${good.path.includes('?') ? '&' : '?'}${query}`
          : good.path;
        const answer = await inject(server, route.method, path, {
          ...good,
          headers: { ...good.headers, ...headers },
        });
        tally.sent++;
        const found = flaw(route, oddity, answer);
        const odd = JSON.stringify([headers, query]).slice(0, 200);
        if (found) tally.found(`${name}, ${oddity.name}: ${found}`, `${odd}: ${answer.text}`);
      }
    });
    return tally;
  }

  test(
    `F-06 ${run.volume} odd headers and cursors (seed ${run.seed}): never 5xx, one shape`,
    async () => {
      expect((await sweep(portion(requests(contract)), run)).outcome(run)).toEqual(clean(run));
    },
    timeLimit(run),
  );

  test('F-06 twin: where any text is a cursor, the database chokes and the run tells', async () => {
    const lists = requests(contract).filter(({ route }) =>
      route.parameters.some((parameter) => parameter.name === 'cursor'),
    );
    mockGuard.off = true;
    const { kinds } = await sweep(lists, { ...run, volume: 20 * lists.length });
    const red = lists.filter(({ name }) =>
      kinds.some((text) => text.startsWith(`${name}, cursor`)),
    );
    expect(red.length).toBeGreaterThanOrEqual(0.9 * lists.length);
  });
});
