import { until } from '../../../test/faults/support/until';
import { startRedis, TestRedis } from '../../../test/support/redis';
import { parseConfig } from '../../config';
import { KeyRing } from '../crypto';
import { createLogger } from '../logging';
import { RedisLimiter } from './redis-limiter';

const MINUTE_MS = 60_000;
const KEYS = new KeyRing({ masterKey: 'of this test', jwtSecret: 'of this test' });

let redis: TestRedis;
let lines: string[];
const opened: RedisLimiter[] = [];

async function openLimiter(): Promise<RedisLimiter> {
  const logger = createLogger(parseConfig({}), { write: (line) => void lines.push(line) });
  const limiter = new RedisLimiter(redis.url, KEYS, logger);
  await limiter.onApplicationBootstrap();
  opened.push(limiter);
  return limiter;
}

const said = (text: string) => lines.filter((line) => line.includes(text)).length;

/** Asks until the limiter has found its store again. */
async function untilBack(limiter: RedisLimiter): Promise<void> {
  await until(
    'the store to be back',
    async () => {
      await limiter.hit('are you back', 1_000_000, 1_000);
      return said('is back') > 0;
    },
    20_000,
  );
}

beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(() => {
  lines = [];
});
afterEach(() => {
  for (const limiter of opened.splice(0)) limiter.onApplicationShutdown();
});
afterAll(() => redis.close());

describe('the limiter in Redis', () => {
  test('two processes share a window', async () => {
    const limiters = [await openLimiter(), await openLimiter()];
    const hits = await Promise.all(
      Array.from({ length: 50 }, (_, i) => limiters[i % 2]!.hit('shared', 10, MINUTE_MS)),
    );
    expect(hits.filter(({ allowed }) => allowed)).toHaveLength(10);
    const refused = hits.find(({ allowed }) => !allowed)!;
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  test('a new window admits again', async () => {
    const limiter = await openLimiter();
    expect((await limiter.hit('short', 1, 1)).allowed).toBe(true);
    const again = async () => (await limiter.hit('short', 1, 1)).allowed;
    expect(await until('a new window', again, 5_000)).toBeLessThan(5_000);
  });

  test('two processes share an allowance, and a place given back is free for both', async () => {
    const [one, other] = [await openLimiter(), await openLimiter()];
    const first = await one.reserve('places', 2, MINUTE_MS);
    expect((await other.reserve('places', 2, MINUTE_MS)).place).not.toBeNull();
    expect(await one.reserve('places', 2, MINUTE_MS)).toEqual({
      place: null,
      retryAfterSeconds: 60,
    });
    await one.giveBack('places', first.place!);
    expect((await other.reserve('places', 2, MINUTE_MS)).place).not.toBeNull();
    expect((await one.reserve('places', 2, MINUTE_MS)).place).toBeNull();
  });

  test('a lost store: this process counts on with what it has admitted, and says so once', async () => {
    const limiter = await openLimiter();
    for (let i = 0; i < 4; i++) await limiter.hit('lost', 10, MINUTE_MS);
    await redis.kill();
    const hits = await Promise.all(
      Array.from({ length: 50 }, () => limiter.hit('lost', 10, MINUTE_MS)),
    );
    expect(hits.filter(({ allowed }) => allowed)).toHaveLength(6);
    expect(said('rate limit store lost')).toBe(1);
    await redis.restart();
    await untilBack(limiter);
    expect([said('rate limit store lost'), said('rate limit store is back')]).toEqual([1, 1]);
    expect((await limiter.hit('lost', 10, MINUTE_MS)).allowed).toBe(false);
  });

  test('a store that hangs is given up: what it admits then is counted here', async () => {
    const limiter = await openLimiter();
    redis.freeze();
    try {
      const hits = await Promise.all(
        Array.from({ length: 50 }, () => limiter.hit('hanging', 10, MINUTE_MS)),
      );
      expect(hits.filter(({ allowed }) => allowed)).toHaveLength(10);
      expect(said('rate limit store lost')).toBe(1);
    } finally {
      redis.thaw();
    }
    await untilBack(limiter);
    expect(said('rate limit store is back')).toBe(1);
  });

  test('a store that is away at the start is found later', async () => {
    await redis.kill();
    const limiter = await openLimiter();
    expect(await limiter.hit('early', 1, MINUTE_MS)).toMatchObject({ allowed: true, count: 1 });
    expect((await limiter.hit('early', 1, MINUTE_MS)).allowed).toBe(false);
    await redis.restart();
    await untilBack(limiter);
    expect(said('rate limit store is back')).toBe(1);
  });
});
