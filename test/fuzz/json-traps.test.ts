import { BodyCase, Contract } from '../security/contract';
import { inject, Injected, snapshot } from '../security/support';
import { startTestServer, TestServer } from '../support/server';
import { Trap, traps } from './json-traps';
import { clean, draw, FuzzRun, fuzzRun, inLanes, Tally, timeLimit } from './run';
import { newWorld, SharedWorld } from './worlds';
import { isFailure } from '../support/failure';

/** Switched by the twin: bodies are what JSON.parse and the decoder make of them. */
const mockGuard = { off: false };
jest.mock('../../src/platform/http/json-body', () => {
  type Accept = { acceptOnlyJson: (fastify: object) => void };
  type Fastify = {
    removeAllContentTypeParsers(): void;
    addContentTypeParser(type: string, options: object, parser: unknown): void;
  };
  const actual = jest.requireActual<Accept>('../../src/platform/http/json-body');
  const parse = (_: unknown, text: string, done: (error: Error | null, body?: unknown) => void) => {
    try {
      done(null, text === '' ? undefined : JSON.parse(text));
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }));
    }
  };
  return {
    acceptOnlyJson: (fastify: Fastify) => {
      if (!mockGuard.off) return actual.acceptOnlyJson(fastify);
      fastify.removeAllContentTypeParsers();
      fastify.addContentTypeParser('application/json', { parseAs: 'string' }, parse);
    },
  };
});

/** What of an answer is the same every time. */
function lasting({ status, body }: Injected): string {
  const { code, message, errors } = body as Record<string, unknown>;
  return JSON.stringify([status, code, message, errors]);
}

function problem({ meaning }: Trap, answer: Injected, plain: Injected): string | null {
  const { status, body } = answer;
  if (meaning === 'as the plain body') {
    const same = lasting(answer) === lasting(plain);
    return same ? null : `not the meaning of the plain body: ${lasting(plain)}`;
  }
  const codes = meaning === 'malformed' ? ['MALFORMED_JSON'] : ['INVALID_INPUT', 'MALFORMED_JSON'];
  const refused = status === 400 && isFailure(body) && codes.includes(body.code as string);
  return refused ? null : `status ${status}, ${body.code}, not ${codes.join()}`;
}

describe('F-07 JSON traps', () => {
  const run = fuzzRun('F-07', 2_000);
  const servers: TestServer[] = [];
  const start = async () => {
    const server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    servers.push(server);
    return { server, contract: new Contract(server.app) };
  };
  afterEach(() => {
    mockGuard.off = false;
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  /**
   * Traps for every kind of body. The plain one is spoiled in a field it must have, so that nothing
   * is stored and the answers of equal bodies can be compared.
   */
  async function sweep(of: FuzzRun): Promise<Tally> {
    const { server, contract } = await start();
    const tally = new Tally();
    const kinds = contract.bodies();
    const shared = new SharedWorld(server.url);
    const refusedBody = async (kind: BodyCase) => {
      const { path, token, headers, body } = await shared.good(contract, kind);
      const [required] = kind.schema.required?.filter((name) => name !== 'type') ?? [];
      const [first] = Object.keys(kind.schema.properties ?? {});
      return { path, token, headers, body: { ...body, [required ?? first!]: 5.5 } };
    };
    const plains = [];
    for (const kind of kinds) plains.push({ kind, ...(await refusedBody(kind)) });
    const before = await snapshot(server.database);
    await inLanes(plains, async ({ kind, path, token, headers, body }) => {
      const send = (raw: string | Buffer) =>
        inject(server, kind.route.method, path, { token, headers, raw });
      const plain = await send(JSON.stringify(body));
      if (plain.status !== 400) tally.found(`${kind.name}: plain`, plain.text);
      for (const trap of draw(of, kind.name, traps(body), Math.ceil(of.volume / kinds.length))) {
        const answer = await send(trap.raw);
        tally.sent++;
        const flaw = problem(trap, answer, plain);
        if (flaw)
          tally.found(`${kind.name}, ${trap.meaning}: ${flaw}`, `${trap.name}: ${answer.text}`);
      }
    });
    const after = await snapshot(server.database);
    if (JSON.stringify(after) !== JSON.stringify(before)) tally.found('stored something');
    return tally;
  }

  test(
    `F-07 ${run.volume} traps (seed ${run.seed}): one documented meaning or 400, nothing stored`,
    async () => {
      expect((await sweep(run)).outcome(run)).toEqual(clean(run));
    },
    timeLimit(run),
  );

  test('F-07 of two equal keys the last one counts, and a byte order mark is no obstacle', async () => {
    const { server } = await start();
    const { seller } = await newWorld(server.url);
    const make = (raw: string) =>
      inject(server, 'POST', '/v1/admin/apps', { token: seller.accessToken, raw });
    const answers = [
      await make('{"name":"first","name":"last"}'),
      await make('{"name":5,"na\\u006de":"last"}'),
      await make('\ufeff{"name":"last"}'),
    ];
    expect(answers.map(({ status, body }) => [status, body.data?.name])).toEqual(
      Array(3).fill([201, 'last']),
    );
    expect((await make('{"name":"good","name":5}')).status).toBe(400);
  });

  test('F-07 twin: with a bare JSON.parse prototypes, bad bytes and deep bodies come through', async () => {
    mockGuard.off = true;
    const { kinds } = await sweep({ ...run, volume: 400 });
    expect(kinds.some((flaw) => flaw.includes('malformed: status'))).toBe(true);
    expect(kinds.some((flaw) => flaw.includes('invalid: status 500'))).toBe(true);
  });
});
