import { anApp, PASSWORD, TestApp, unique } from '../factories';
import { freshDatabase } from '../support/database';
import { Answer, http } from '../support/http';
import { SpawnedServer, spawnServer } from '../support/server';
import { guardOff, percentile, report, until } from './support/until';

const HELD_MS = 5_000;
const PARALLEL = 500;
const LANES = 3;

interface Timed {
  readonly status: number;
  readonly ms: number;
  readonly text: string;
}

async function timed(request: Promise<Answer>): Promise<Timed> {
  const start = performance.now();
  const { status, text, headers } = await request;
  const ms = performance.now() - start;
  if (status !== 503 || headers.get('retry-after')) return { status, ms, text };
  return { status, ms, text: '503 without Retry-After' };
}

/** The requests of the crowd: reads and writes of a seller, and clients. */
function crowd(app: TestApp): Promise<Timed>[] {
  const fields = { username: unique('nobody'), password: PASSWORD };
  return Array.from({ length: PARALLEL - LANES }, (_, index) => {
    if (index % 4 === 0)
      return timed(app.seller.post(app.path('/licenses'), { durationType: '30d' }));
    if (index % 4 === 1) return timed(app.seller.get(app.path('/users')));
    if (index % 4 === 2) return timed(app.call('login', { ...fields, username: unique('u') }));
    return timed(app.call('init'));
  });
}

/** A crowd while three requests at a time sit on a connection each, waiting for locked rows. */
async function crowded(env: Record<string, string>) {
  const database = await freshDatabase();
  let server: SpawnedServer | undefined;
  try {
    server = await spawnServer(database.url, { env: { DATABASE_POOL_SIZE: '5', ...env } });
    const app = await anApp(server.url);
    const licenses = await app.licenses({ count: LANES });
    const holder = await database.pool.connect();
    const problems: string[] = [];
    const answers: Timed[] = [];
    const figures = { idleMs: 0 };
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM licenses FOR UPDATE');
      const since = performance.now();
      const lanes = licenses.map(async ({ id }) => {
        while (performance.now() - since < HELD_MS - 1_000) {
          answers.push(
            await timed(app.seller.post(app.path(`/licenses/${id}/extend`), { days: 1 })),
          );
        }
      });
      const waiting = `SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      const allWait = async () => (await database.value(waiting)) === LANES;
      await until('three requests to wait for locks', allWait, 3_000);
      // What this machine needs for as many requests that ask no database, at this very moment.
      const plain = Array.from({ length: PARALLEL }, () =>
        timed(http(app.seller.url).get('/health/live')),
      );
      const idleMs = Math.max(...(await Promise.all(plain)).map(({ ms }) => ms));
      figures.idleMs = idleMs;
      answers.push(...(await Promise.all(crowd(app))));
      await until(
        'the locks to be held long enough',
        () => performance.now() - since > HELD_MS,
        HELD_MS * 2,
      );
      await holder.query('ROLLBACK');
      await Promise.all(lanes);
    } finally {
      holder.release(true);
    }
    const released = performance.now();
    const calm = async () =>
      (await timed(app.seller.post(app.path('/licenses'), { durationType: '30d' }))).status === 201;
    await until('normal service', calm, 10_000);
    const normalAfterMs = performance.now() - released;
    const refusals = answers.filter(({ status }) => status === 503);
    for (const { status, text, ms } of answers) {
      if (![200, 201, 401, 503].includes(status)) problems.push(`${status}: ${text}`);
      if (text === '503 without Retry-After') problems.push(text);
      if (ms > 10_000) problems.push(`an answer took ${Math.round(ms)} ms`);
    }
    return {
      ...figures,
      problems,
      answers: answers.length,
      refusals: refusals.length,
      slowestRefusalMs: Math.max(...refusals.map(({ ms }) => ms), 0),
      p50Ms: percentile(
        answers.map(({ ms }) => ms),
        0.5,
      ),
      slowestMs: Math.max(...answers.map(({ ms }) => ms)),
      normalAfterMs,
    };
  } finally {
    server?.process.kill('SIGKILL');
    await database.close();
  }
}

describe('C-04 a pool of 5 with 500 requests, 3 of them stuck on locks', () => {
  test('the excess is told 503 within 2 s, and service is normal 1 s after', async () => {
    const figures = await crowded({
      DATABASE_ACQUIRE_TIMEOUT_MS: '',
      DATABASE_LOCK_TIMEOUT_MS: '',
    });
    report('C-04', figures);

    expect(figures.problems).toEqual([]);
    expect(figures.refusals).toBeGreaterThanOrEqual(LANES);
    expect(figures.slowestRefusalMs - figures.idleMs).toBeLessThanOrEqual(2_000);
    expect(figures.normalAfterMs).toBeLessThanOrEqual(1_000);
  });

  test('its twin goes red when nothing bounds the waits', async () => {
    const longest = '60000';
    const figures = await crowded({
      DATABASE_ACQUIRE_TIMEOUT_MS: longest,
      DATABASE_LOCK_TIMEOUT_MS: longest,
      DATABASE_STATEMENT_TIMEOUT_MS: longest,
    });

    expect(figures.refusals).toBe(0);
    expect(figures.slowestMs).toBeGreaterThan(2_000);
  });
});

const CROWD = 20;
const ROUNDS = 3;

/** One client's life and its seller's part in it; tells which steps were not answered as they should. */
async function journey(app: TestApp): Promise<string[]> {
  const wrong: string[] = [];
  const step = async (name: string, expected: number, request: Promise<Answer>) => {
    const answer = await request;
    if (answer.status !== expected) wrong.push(`${name}: ${answer.status} ${answer.text}`);
    return answer;
  };
  const idempotent = () => ({ headers: { 'idempotency-key': unique('key') } });
  const { seller } = app;
  const fields = { username: unique('user'), password: PASSWORD, hwid: unique('hwid') };
  const made = await step(
    'generate',
    201,
    seller.post(app.path('/licenses'), { durationType: '30d', count: 2 }, idempotent()),
  );
  const [first, second] = made.body.data ?? [];
  if (!first || !second) return wrong;
  await step('init', 200, app.call('init'));
  await step('register', 200, app.call('register', { ...fields, licenseKey: first.key }));
  const login = await step('login', 200, app.call('login', fields));
  const { sessionToken } = login.body.data ?? {};
  await step('check', 200, app.call('check', { sessionToken }));
  await step(
    'extend',
    200,
    seller.post(app.path(`/licenses/${first.id}/extend`), { days: 1 }, idempotent()),
  );
  await step('key', 200, app.call('license', { licenseKey: second.key, hwid: fields.hwid }));
  const user = { username: unique('made'), password: PASSWORD };
  const created = await step('create', 201, seller.post(app.path('/users'), user, idempotent()));
  const id = created.body.data?.id;
  await step('ban', 200, seller.post(app.path(`/users/${id}/ban`), { reason: 'x' }, idempotent()));
  await step('users', 200, seller.get(app.path('/users')));
  await step('sessions', 200, seller.get(app.path('/sessions')));
  await step('delete', 200, seller.delete(app.path(`/users/${id}`)));
  await step('logout', 200, app.call('logout', { sessionToken }));
  return wrong;
}

async function journeysOnTwoConnections(preload?: string): Promise<string[]> {
  const database = await freshDatabase();
  let server: SpawnedServer | undefined;
  try {
    const env = { DATABASE_POOL_SIZE: '2', DATABASE_ACQUIRE_TIMEOUT_MS: '4000' };
    server = await spawnServer(database.url, { env, preload });
    // Without the guard the set-up may stand still already, when a background job has a connection.
    const app = await anApp(server.url).catch((error: Error) => error.message);
    if (typeof app === 'string') return [app];
    const one = async () => {
      const wrong: string[] = [];
      for (let round = 0; round < ROUNDS && wrong.length === 0; round++) {
        wrong.push(...(await journey(app)));
      }
      return wrong;
    };
    return (await Promise.all(Array.from({ length: CROWD }, one))).flat();
  } finally {
    server?.process.kill('SIGKILL');
    await database.close();
  }
}

describe('C-04 no code asks for a second connection inside a transaction', () => {
  test('20 journeys at a time pass through two connections', async () => {
    expect(await journeysOnTwoConnections()).toEqual([]);
  });

  test('its twin goes red when one write inside the transaction takes a connection of its own', async () => {
    const wrong = await journeysOnTwoConnections(guardOff('second-connection'));

    expect(wrong.join('\n')).toMatch(/503/);
  });
});
