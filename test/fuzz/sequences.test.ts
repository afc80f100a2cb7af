import fc from 'fast-check';
import { Contract } from '../security/contract';
import type { World } from '../security/support';
import { startTestServer, TestServer } from '../support/server';
import { ACTS, groundOf, Life, secondWorld, Step } from './life';
import { resourcesOf, unknownItems } from './resources';
import { clean, draw, FuzzRun, fuzzRun, inLanes, Tally, timeLimit } from './run';
import { newWorld } from './worlds';

/** Switched by the twin: whose thing it is, and under what, is not looked at. */
const mockGuard = { off: false };
jest.mock('../../src/platform/http/id.pipe', () => {
  type Pipe = { transform(value: string): string };
  type Pipes = { IdPipe: new (...args: unknown[]) => Pipe; UuidPipe: unknown };
  const actual = jest.requireActual<Pipes>('../../src/platform/http/id.pipe');
  class Forgetful extends actual.IdPipe {
    private last: string | undefined;
    override transform(value: string): string {
      if (!mockGuard.off) return super.transform(value);
      // Whatever is asked for, the first thing ever asked for is found.
      this.last ??= super.transform(value);
      return this.last;
    }
  }
  return { ...actual, IdPipe: Forgetful };
});

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(...ACTS, 'create' as const, 'use' as const),
  resource: fc.nat({ max: 1_000 }),
  at: fc.nat({ max: 1_000 }),
});
const sequence = fc.array(step, { minLength: 4, maxLength: 12 });

/** So many sequences share a world: what they made they remove. */
const PER_WORLD = 25;

describe('F-04 sequences of create, use, remove, use', () => {
  const run = fuzzRun('F-04', 500);
  let server: TestServer;
  let contract: Contract;
  let stranger: World;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    contract = new Contract(server.app);
    stranger = await newWorld(server.url);
  });
  afterEach(() => {
    mockGuard.off = false;
  });
  afterAll(() => server.close());

  async function play(of: FuzzRun): Promise<{ tally: Tally; played: Tally }> {
    const played = new Tally();
    const ground = groundOf(server, contract, stranger);
    const all = draw(of, 'sequences', sequence, of.volume);
    const groups = Array.from({ length: Math.ceil(all.length / PER_WORLD) }, (_, index) =>
      all.slice(index * PER_WORLD, (index + 1) * PER_WORLD),
    );
    await inLanes(groups, async (group) => {
      const owner = await newWorld(server.url);
      const second = await secondWorld(owner);
      for (const steps of group) {
        const life = new Life(ground, owner, second);
        for (const one of steps) await life.step(one);
        await life.end();
        played.sent++;
      }
    });
    return { tally: ground.tally, played };
  }

  test('F-04 everything that a path can name is made by a POST, or said how else', () => {
    // A new collection joins by itself; a thing made otherwise needs a line in test/fuzz/resources.ts.
    expect(unknownItems(contract)).toEqual([]);
    expect(resourcesOf(contract).map(({ param }) => param)).toEqual(
      expect.arrayContaining(['appId', 'licenseId', 'userId', 'entryId']),
    );
  });

  test(
    `F-04 ${run.volume} sequences (seed ${run.seed}): made is there, removed is gone, others see nothing`,
    async () => {
      const { tally, played } = await play(run);
      expect({ ...tally.outcome(run), enough: played.sent >= run.volume }).toEqual(clean(run));
      expect(tally.sent).toBeGreaterThan(8 * run.volume);
    },
    timeLimit({ ...run, volume: 20 * run.volume }),
  );

  test('F-04 twin: where ids are mixed up, the sequences tell', async () => {
    mockGuard.off = true;
    const { tally } = await play({ ...run, volume: 20 });
    expect(tally.kinds.length).toBeGreaterThan(5);
  });
});
