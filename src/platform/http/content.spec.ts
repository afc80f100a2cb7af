import fastify, { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { get, IncomingMessage } from 'node:http';
import { DomainError } from '../../kernel';
import { Content, sendContent } from './content';

/** All but those by which the pace is looked at. */
const REAL_TIMERS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;
/** How many downloads of one address may be open. */
const OPEN_MAX = 64;
const KIB = 1_024;

/** A content that never ends: it gives the bytes pushed, and waits for more. */
class Endless implements Content {
  readonly name = 'endless.bin';
  readonly size = 2 ** 40;
  readonly digest = 'x';
  reads = 0;
  private wake = () => {};
  private pending: Buffer[] = [];

  push(bytes: number): void {
    this.pending.push(Buffer.alloc(bytes));
    this.wake();
  }

  async read(): Promise<AsyncIterable<Buffer>> {
    this.reads++;
    return this.pieces();
  }

  private async *pieces(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(1);
    for (;;) {
      while (this.pending.length > 0) yield this.pending.shift()!;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

let content: Endless;
let server: FastifyInstance;
let url: string;
/** Ends of the answers, in the order of the requests. */
let over: Promise<unknown>[];
beforeEach(async () => {
  content = new Endless();
  server = fastify({ forceCloseConnections: true });
  over = [];
  server.get('/', (request, reply) => {
    over.push(new Promise((resolve) => reply.raw.once('close', resolve)));
    return sendContent(request, reply, content);
  });
  server.setErrorHandler((error, _request, reply) => {
    const code = error instanceof DomainError ? error.code : String(error);
    return reply.code(429).send({ code });
  });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  jest.useRealTimers();
  await server.close();
});

/** Asks for the content; resolves with the head of the answer, whose body flows on by itself. */
async function begin(): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  return answer.on('error', () => undefined);
}

/** Resolves when so many bytes have come. */
async function received(answer: IncomingMessage, bytes: number): Promise<void> {
  let left = bytes;
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    left -= (chunk as Buffer).length;
    if (left <= 0) return;
  }
}

test('an address has so many downloads open and no more; when one ends, the next may begin', async () => {
  const open = await Promise.all(Array.from({ length: OPEN_MAX }, begin));
  expect(new Set(open.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect((await begin()).statusCode).toBe(429);
  // Nothing was read for it, and nothing spent.
  expect(content.reads).toBe(OPEN_MAX);
  open[0]!.destroy();
  await Promise.race(over.slice(0, OPEN_MAX));
  expect((await begin()).statusCode).toBe(200);
  expect((await begin()).statusCode).toBe(429);
});

test('an answer that fails before its first byte keeps no place', async () => {
  jest.spyOn(content, 'read').mockRejectedValue(new Error('the storage is away'));
  for (let n = 0; n <= OPEN_MAX; n++) {
    (await begin()).resume();
    expect(content.read).toHaveBeenCalledTimes(n + 1);
  }
});

test('a client that goes on reading, but next to nothing, loses the connection', async () => {
  jest.useFakeTimers({ doNotFake: [...REAL_TIMERS] });
  const answer = await begin();
  const closed = new Promise((resolve) => answer.once('close', resolve));
  for (const kibibytes of [300, 300, 5]) {
    expect(answer.destroyed).toBe(false);
    content.push(kibibytes * KIB);
    await received(answer, kibibytes * KIB);
    jest.advanceTimersByTime(60_000);
  }
  await closed;
  expect(answer.complete).toBe(false);
});
