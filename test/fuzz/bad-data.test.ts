import { BodyCase, Contract } from '../security/contract';
import { GoodRequest, inject, Injected, snapshot } from '../security/support';
import { startTestServer, TestServer } from '../support/server';
import { clean, draw, FuzzRun, fuzzRun, inLanes, Tally, timeLimit } from './run';
import { spoiledBodies, SpoiledBody } from './spoilers';
import { SharedWorld, withoutExamples } from './worlds';
import { isFailure } from '../support/failure';

/** Switched by the twin: validation lets everything through. */
const mockGuard = { off: false };
jest.mock('../../src/platform/http/validation', () => {
  type Validate = {
    validateInput: (type: new () => object, input: object, keys: string) => object;
  };
  const actual = jest.requireActual<Validate>('../../src/platform/http/validation');
  return {
    ...actual,
    validateInput: (type: new () => object, input: object, keys: string) =>
      mockGuard.off ? Object.assign(new type(), input) : actual.validateInput(type, input, keys),
  };
});

/** Refused as bad input, in the one shape, the field named. */
function refusal({ field }: SpoiledBody, { status, body }: Injected): string | null {
  if (![400, 413].includes(status)) return `status ${status}`;
  const {
    code,
    requestId,
    errors = [],
  } = body as {
    code?: string;
    requestId?: string;
    errors?: { field: string }[];
  };
  if (!isFailure(body) || !code || !requestId) return 'another shape';
  if (field === '') return null;
  return errors.some((error) => error.field === field) ? null : 'field not named';
}

describe('F-02 bad data, drawn', () => {
  const run = fuzzRun('F-02', 10_000);
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

  interface Target {
    readonly kind: BodyCase;
    readonly good: GoodRequest;
  }

  /** Good requests, all prepared before anything is counted as stored. */
  async function targets(kinds: readonly BodyCase[]): Promise<Target[]> {
    const shared = new SharedWorld(server.url);
    const made: Target[] = [];
    for (const kind of kinds) {
      made.push({ kind, good: await shared.good(withoutExamples(contract), kind) });
    }
    return made;
  }

  async function sweep(kinds: readonly BodyCase[], of: FuzzRun): Promise<Tally> {
    const tally = new Tally();
    const prepared = await targets(kinds);
    const before = await snapshot(server.database);
    await inLanes(prepared, async ({ kind, good }) => {
      const { path, token, headers, body } = good;
      const bodies = spoiledBodies(contract, kind, body!);
      for (const spoiled of draw(of, kind.name, bodies, Math.ceil(of.volume / kinds.length))) {
        const { raw, flaw, field } = spoiled;
        const answer = await inject(server, kind.route.method, path, { token, headers, raw });
        tally.sent++;
        const problem = refusal(spoiled, answer);
        if (!problem) continue;
        const example = `${raw.toString().slice(0, 250)}: ${answer.text}`;
        tally.found(`${kind.name}, ${field} ${flaw}: ${problem}`, example);
      }
    });
    const after = await snapshot(server.database);
    for (const [table, digest] of Object.entries(after)) {
      if (before[table] !== digest) tally.found(`stored in ${table}`);
    }
    return tally;
  }

  test(
    `F-02 ${run.volume} spoiled bodies (seed ${run.seed}): 4xx, the field named, nothing stored`,
    async () => {
      const tally = await sweep(contract.bodies(), run);
      expect(tally.outcome(run)).toEqual(clean(run));
    },
    timeLimit(run),
  );

  test('F-02 twin: without validation most of them are let through, and stored', async () => {
    const few = contract.bodies().filter(({ name }) => name.startsWith('PATCH /v1/admin/apps'));
    mockGuard.off = true;
    const { kinds } = await sweep(few, { ...run, volume: 200 });
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds).toContain('stored in apps');
  });
});
