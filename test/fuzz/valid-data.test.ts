import fc from 'fast-check';
import { Contract } from '../security/contract';
import {
  goodRequest,
  inject,
  Injected,
  requests,
  SHOWN_ELSEWHERE,
  World,
} from '../security/support';
import { startTestServer, TestServer } from '../support/server';
import { Arbitraries } from './arbitraries';
import { contractBreaks } from './conforms';
import { unjustified } from './rules';
import { clean, draw, FuzzRun, fuzzRun, inLanes, portion, shares, Tally, timeLimit } from './run';
import { newWorld, Request, withoutExamples } from './worlds';

/** Switched by the twin: answers carry a field that stands in no schema, refusals lose theirs. */
const mockGuard = { off: false };
jest.mock('../../src/platform/http/envelope', () => {
  type Envelope = { ok: (data?: object, message?: string) => object };
  const actual = jest.requireActual<Envelope>('../../src/platform/http/envelope');
  return {
    ...actual,
    ok: (data?: object, message?: string) =>
      mockGuard.off
        ? { ...actual.ok(data, message), internal: 'column' }
        : actual.ok(data, message),
  };
});

/** What varies between two good requests of one kind. */
interface Drawn {
  readonly body: Record<string, unknown>;
  readonly query: string;
  /** Whether the fields that make it succeed (a password, a free name) stay as they are. */
  readonly exact: boolean;
}

function drawn(arbitraries: Arbitraries, { route, schema }: Request): fc.Arbitrary<Drawn> {
  return fc.record({
    body: schema ? arbitraries.object(schema) : fc.constant({}),
    query: arbitraries.query(route.parameters),
    exact: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  });
}

const varies = ({ route, schema }: Request) =>
  Object.keys(schema?.properties ?? {}).length > 0 ||
  route.parameters.some((parameter) => parameter.in === 'query');

/** A world serves so many requests that should succeed before it is held to be used up. */
const PATIENCE = 6;
/** Of so many drawn requests one must have succeeded. */
const ENOUGH = 20;

/** Sends drawn requests of one kind, on worlds in which they can succeed. */
async function sweep(
  server: TestServer,
  contract: Contract,
  request: Request,
  draws: readonly Drawn[],
  { tally, readers }: { readonly tally: Tally; readonly readers: World },
): Promise<void> {
  let world: World | null = request.route.method === 'GET' ? readers : null;
  let [patience, granted] = [PATIENCE, 0];
  for (const one of draws) {
    if (!world) [world, patience] = [await newWorld(server.url), PATIENCE];
    // A world may be too used up even to be prepared, with its second factor set for example.
    const { path, body, token, headers } = await compose(contract, request, world, one).catch(
      async () => compose(contract, request, (world = await newWorld(server.url)), one),
    );
    const answer = await inject(server, request.route.method, path, { token, headers, body });
    tally.sent++;
    if (answer.status < 300) granted++;
    for (const flaw of flaws(contract, request, answer)) {
      const sent = JSON.stringify(body)?.slice(0, 250);
      tally.found(`${request.name}: ${flaw}`, `${path} ${sent}: ${answer.text}`);
    }
    const used = one.exact && answer.status >= 300 && --patience <= 0;
    if (used || request.route.method === 'DELETE') world = null;
  }
  tally.granted += granted;
  if (SHOWN_ELSEWHERE.includes(request.name)) return;
  if (granted === 0 && (draws.length >= ENOUGH || !varies(request))) {
    tally.found(`${request.name}: never granted`);
  }
}

/** The good request of a kind with what was drawn in place of its examples. */
async function compose(contract: Contract, request: Request, world: World, one: Drawn) {
  const good = await goodRequest(withoutExamples(contract), request, world);
  const kept = Object.entries(good.body ?? {}).filter(
    ([name]) => one.exact || /^(type|appId|apiKey)$/.test(name),
  );
  // A file is sent as it is.
  const body = request.schema ? { ...one.body, ...Object.fromEntries(kept) } : good.body;
  return { ...good, path: withoutRepeats(good.path + one.query), body };
}

function flaws(contract: Contract, { name, route }: Request, answer: Injected): string[] {
  const breaks = contractBreaks(contract, route, answer);
  const { code, errors = [] } = (answer.body ?? {}) as {
    code?: string;
    errors?: { field: string }[];
  };
  if (code === 'INVALID_INPUT' && errors.length === 0) breaks.push('names no field');
  if (code === 'MALFORMED_JSON') breaks.push('good JSON refused');
  return [...breaks, ...unjustified(name, errors).map((field) => `good ${field} refused`)];
}

/** What the preparation put into the query comes first and stays; a second one of it is dropped. */
function withoutRepeats(path: string): string {
  const [front, ...queries] = path.split('?');
  const seen = new Set<string>();
  const pairs = queries
    .join('&')
    .split('&')
    .filter((pair) => {
      const name = pair.split('=')[0]!;
      return pair !== '' && !seen.has(name) && seen.add(name);
    });
  return pairs.length > 0 ? `${front}?${pairs.join('&')}` : front!;
}

describe('F-01 valid data', () => {
  const run = fuzzRun('F-01', 5_000);
  let server: TestServer;
  let contract: Contract;
  beforeAll(async () => {
    const settings = { BACKGROUND_JOBS: 'false', LOGIN_MAX_ATTEMPTS: '100' };
    server = await startTestServer(settings);
    contract = new Contract(server.app);
  });
  afterEach(() => {
    mockGuard.off = false;
  });
  afterAll(() => server.close());

  async function sweepAll(kinds: readonly Request[], of: FuzzRun): Promise<Tally> {
    const tally = new Tally();
    const arbitraries = new Arbitraries(contract);
    const readers = await newWorld(server.url);
    await inLanes([...shares(kinds, of.volume, varies)], async ([request, count]) => {
      const draws = draw(of, request.name, drawn(arbitraries, request), count);
      await sweep(server, contract, request, draws, { tally, readers });
    });
    return tally;
  }

  test(
    `F-01 ${run.volume} valid requests (seed ${run.seed}): never 5xx, every answer as documented`,
    async () => {
      const tally = await sweepAll(portion(requests(contract)), run);
      expect(tally.outcome(run)).toEqual(clean(run));
      // Most of them did something: the sweep is not one of refusals.
      expect(tally.granted / tally.sent).toBeGreaterThan(0.6);
    },
    timeLimit(run),
  );

  test('F-01 twin: a field that no schema has is found on every house route', async () => {
    mockGuard.off = true;
    const house = requests(contract).filter(
      ({ route }) => route.key.startsWith('PATCH /v1/admin') && !route.lenient,
    );
    const { kinds } = await sweepAll(house, { ...run, volume: 40 });
    const found = house.filter(({ name }) => kinds.some((text) => text.startsWith(name)));
    expect(found.length).toBe(house.length);
  });
});
