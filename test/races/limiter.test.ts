import { TestApp, unique } from '../factories';
import type { Answer } from '../support/http';
import { startRedis, TestRedis } from '../support/redis';
import { ask, post } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
  openArena,
  spell,
  trials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';

/** P tier: 2 trials of 1,000 requests at each kind of route; as many with the store cut; twins 2 each. */
const TRIALS = 2;
const TWIN_TRIALS = 2;
const REQUESTS = 1_000;
const TWIN_REQUESTS = 400;
const LIMIT = 100;
/** The store is cut when this many of the requests are answered. */
const CUT_AFTER = 50;

const LIMITED = '429 RATE_LIMITED';
const SETTINGS = {
  RATE_LIMIT_SIGN_IN_PER_MINUTE: String(LIMIT),
  RATE_LIMIT_CLIENT_PER_MINUTE: String(LIMIT),
  // The tests' own set-up comes from addresses of its own, and so does each trial.
  TRUSTED_PROXIES: '127.0.0.1',
};

/** Sends one request from an address. */
type Shot = (url: string, from: Record<string, string>) => Promise<Answer>;

interface Route {
  readonly name: string;
  readonly shot: (app: TestApp) => Promise<Shot>;
  /** What an admitted request is answered. */
  readonly admitted: string;
}

const ROUTES: readonly Route[] = [
  {
    name: 'sellers signing in',
    admitted: '401 INVALID_CREDENTIALS',
    shot: async () => (url, from) => {
      const body = { email: `${unique('nobody')}@example.com`, password: 'wrong' };
      return post(url, '/v1/auth/login', body, from);
    },
  },
  {
    name: 'clients signing in',
    admitted: '401 INVALID_CREDENTIALS',
    shot: async (app) => (url, from) =>
      ask(app, url, 'login', { username: unique('nobody'), password: 'wrong' }, from),
  },
  {
    name: 'heartbeats from memory',
    admitted: '200',
    shot: async (app) => {
      const { username } = await app.user();
      const sessionToken = await app.login(username);
      return (url, from) => ask(app, url, 'check', { sessionToken }, from);
    },
  },
];

let addresses = 0;
/** An address that nobody used before. */
const newAddress = () => ({ 'x-forwarded-for': `198.51.${addresses >> 8}.${addresses++ & 255}` });

/** A thousand requests of one address at once, over both processes. */
async function flood(
  arena: Arena,
  { shot, admitted }: Route,
  requests: number,
  cut?: TestRedis,
): Promise<{ let: number[]; odd: string[] }> {
  const app = await freshApp(arena);
  const send = await shot(app);
  const from = newAddress();
  let answered = 0;
  let gone: Promise<void> | undefined;
  const answers = await volley(arena.urls, requests, async (url) => {
    const answer = await send(url, from);
    if (++answered === CUT_AFTER) gone = cut?.kill();
    return { url, answer };
  });
  await gone;
  const passed = answers.filter(({ answer }) => spell(answer) === admitted);
  return {
    let: arena.urls.map((url) => passed.filter((one) => one.url === url).length),
    odd: unexpected(
      answers.map(({ answer }) => answer),
      [admitted, LIMITED],
    ),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** With the store: exactly what one process alone would admit. */
async function shared(
  arena: Arena,
  route: Route,
  count: number,
  requests: number,
): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const { let: admitted, odd } = await flood(arena, route, requests);
    const total = sum(admitted);
    outcomes.push([
      ...unless(total <= LIMIT, `${total} of ${requests} admitted, ${LIMIT} are allowed`),
      ...unless(total >= 0.95 * LIMIT, `only ${total} of ${requests} admitted`),
      ...odd,
    ]);
  }
  return outcomes;
}

/** The store goes while the requests come: each process holds the limit on its own. */
async function cut(
  arena: Arena,
  redis: TestRedis,
  route: Route,
  count: number,
  requests: number,
): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const during = await flood(arena, route, requests, redis);
    const without = await flood(arena, route, requests);
    outcomes.push(
      [during, without].flatMap(({ let: admitted, odd }) => [
        ...admitted.flatMap((number) =>
          unless(number <= LIMIT, `${number} admitted by one process, ${LIMIT} are allowed`),
        ),
        ...unless(sum(admitted) >= 0.95 * LIMIT, `only ${sum(admitted)} admitted`),
        ...odd,
      ]),
    );
    await redis.restart();
  }
  return outcomes;
}

describe('R-14 a limit that two processes hold together', () => {
  let redis: TestRedis;
  let arena: Arena;
  let settings: Record<string, string>;
  beforeAll(async () => {
    redis = await startRedis();
    settings = { ...SETTINGS, REDIS_URL: redis.url };
    arena = await openArena({ env: settings });
  });
  afterAll(async () => {
    await arena.close();
    await redis.close();
  });

  test.each(ROUTES)('R-14 a flood would be admitted once by each process: $name', async (route) => {
    expectHeld(`R-14 ${route.name}`, await shared(arena, route, trials(TRIALS), REQUESTS));
  });

  test('R-14 addresses in the store would tell who was here', async () => {
    const { default: Redis } = await import('ioredis');
    const client = new Redis(redis.url);
    const keys = await client.keys('*');
    client.disconnect();
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !/^latchkey:[\w-]{43}$/.test(key))).toEqual([]);
  });

  test.each(ROUTES)(
    'R-14 whoever takes the store down would guess without limit: $name',
    async (route) => {
      const outcomes = await cut(arena, redis, route, trials(TWIN_TRIALS), REQUESTS);
      expectHeld(`R-14 store cut, ${route.name}`, outcomes);
    },
  );

  test('R-14 without its store a server would seem not ready, or never find it again', async () => {
    await redis.kill();
    try {
      for (const url of arena.urls) {
        expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      }
    } finally {
      await redis.restart();
    }
  });

  test('R-14 twin: counted in each process’s memory, a flood is admitted twice', async () => {
    await withArena({ env: SETTINGS }, async (unshared) => {
      for (const route of ROUTES) {
        await expectRaceBroken(`R-14 ${route.name}`, TWIN_TRIALS, (count) =>
          shared(unshared, route, count, TWIN_REQUESTS),
        );
      }
    });
  });

  test('R-14 twin: a fallback that lets everybody in, and the store is cut', async () => {
    await withArena({ env: settings, without: 'open-fallback' }, async (unguarded) => {
      for (const route of ROUTES) {
        await expectRaceBroken(`R-14 store cut, ${route.name}`, TWIN_TRIALS, (count) =>
          cut(unguarded, redis, route, count, TWIN_REQUESTS),
        );
      }
    });
  });
});
