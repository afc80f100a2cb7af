import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Lane, LanesRepository } from '../../src/modules/webhooks/lanes.repository';
import { ENDPOINT_CONCURRENCY } from '../../src/modules/webhooks/domain/webhook';
import { FanOut } from '../../src/modules/webhooks/fan-out';
import { WebhookWorker } from '../../src/modules/webhooks/webhook-worker';
import { WebhookSender } from '../../src/modules/webhooks/webhook-sender';
import type { OutboundResult } from '../../src/platform/outbound';
import type { TestApp } from '../factories';
import { until } from '../faults/support/until';
import { trials } from '../races/support';
import { PROJECT_ROOT } from '../support/server';
import { testSettings } from '../support/settings';
import { REACHABLE, WebhookWorld } from './support';

let world: WebhookWorld;
let app: TestApp;
beforeAll(async () => {
  world = await WebhookWorld.open();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.server.database.rows('DELETE FROM webhooks');
  app = await world.app();
  world.receiver.answer((_, reply) => void reply.writeHead(204).end());
});
afterEach(() => jest.restoreAllMocks());

/** A worker process on the world's database, at work. */
async function startWorker(preload?: string): Promise<{ kill(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    [...(preload ? ['--require', preload] : []), join(PROJECT_ROOT, 'dist/src/worker.js')],
    {
      cwd: PROJECT_ROOT,
      env: {
        PATH: process.env['PATH'],
        ...testSettings,
        ...REACHABLE,
        LOG_LEVEL: 'info',
        DATABASE_URL: world.server.database.url,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('worker is running')) resolve();
    });
  });
  return { kill: () => (child.kill('SIGKILL'), exited) };
}

const arrived = () => world.receiver.received.map(({ headers }) => String(headers['webhook-id']));
/** Nobody waits for the lease of the dead. */
const leasesEnd = () =>
  world.server.database.rows(
    'UPDATE webhooks SET leased_until = now() WHERE leased_until IS NOT NULL',
  );

describe('C-11 a worker dies over its deliveries', () => {
  const EVENTS = 120;

  /** Kills a worker in the middle of `EVENTS` deliveries, again and again. */
  async function cycles(count: number, preload?: string, after = async () => {}): Promise<void> {
    for (let cycle = 0; cycle < count; cycle++) {
      await world.emit(app, EVENTS);
      const seen = world.receiver.received.length;
      const worker = await startWorker(preload);
      await world.receiver.until(seen + 30);
      await worker.kill();
      await leasesEnd();
      await after();
    }
  }

  const slowly = () =>
    world.receiver.answer((_, reply) => void setTimeout(() => reply.writeHead(204).end(), 5));

  test('C-11 kill -9 during deliveries: every event arrives, repeats carry the same id and are few', async () => {
    const CYCLES = trials(30);
    const endpoint = await world.endpoint(app);
    slowly();
    await cycles(CYCLES);
    await world.settle();
    const ids = arrived();
    const expected = await world.server.database.rows<{ id: string }>(
      'SELECT id FROM outbox_events WHERE app_id = $1',
      [app.id],
    );
    const repeats = ids.length - new Set(ids).size;

    expect(expected).toHaveLength(CYCLES * EVENTS);
    expect(new Set(ids)).toEqual(
      new Set(expected.map(({ id }) => `evt_${id.replaceAll('-', '')}`)),
    );
    expect(repeats).toBeLessThanOrEqual(CYCLES * ENDPOINT_CONCURRENCY);
    expect((await world.log(endpoint)).every(({ status }) => status === 'DELIVERED')).toBe(true);
  });

  test('C-11 twin: deliveries that are done with before they are sent are lost', async () => {
    const CYCLES = trials(5);
    const endpoint = await world.endpoint(app);
    slowly();
    let broken = 0;
    const lost = new Set<string>();
    await cycles(CYCLES, join(__dirname, 'guards-off/fetched-is-done.cjs'), async () => {
      const done = await world.server.database.rows<{ event_id: string }>(
        "SELECT event_id FROM webhook_deliveries WHERE webhook_id = $1 AND status = 'DELIVERED'",
        [endpoint.uuid],
      );
      const ids = new Set(arrived());
      const before = lost.size;
      for (const { event_id } of done) {
        const id = `evt_${event_id.replaceAll('-', '')}`;
        if (!ids.has(id)) lost.add(id);
      }
      if (lost.size > before) broken++;
    });
    expect(broken / CYCLES).toBeGreaterThanOrEqual(0.9);
  });
});

describe('W-06 endpoints that hang', () => {
  /** Endpoints at hosts and of sellers of their own; each has one event to hear of. */
  async function field(count: number): Promise<void> {
    await world.server.database.rows('DELETE FROM webhooks');
    await world.server.database.rows(
      `INSERT INTO webhooks (id, app_id, seller_id, url, host, format, events, ordering, status, due_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(),
              format('http://127.0.%s.%s:%s/%s', n / 250, 1 + n % 250, $3::int, n),
              format('127.0.%s.%s', n / 250, 1 + n % 250), 'envelope', '{*}', 'none', 'ACTIVE', NULL
         FROM generate_series(0, $2::int - 1) n`,
      [app.id, count, world.receiver.port],
    );
    await world.emit(app, 1);
  }

  /** Milliseconds until each of the others had its event, in order; the hanging ones never answer. */
  async function times(count: number, hanging: number): Promise<number[]> {
    await field(count);
    const stop = new AbortController();
    const taken: number[] = [];
    const started = performance.now();
    const others = new Promise<void>((resolve) => {
      world.receiver.answer(({ path }, reply) => {
        if (Number(path.slice(1)) < hanging) return;
        reply.writeHead(204).end();
        if (taken.push(performance.now() - started) === count - hanging) resolve();
      });
    });
    await world.server.app.get(FanOut).run(stop.signal);
    const work = world.server.app.get(WebhookWorker).work(stop.signal);
    await Promise.race([others, work]);
    stop.abort();
    await work;
    return taken;
  }
  const p99 = (sorted: readonly number[]) =>
    sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Infinity;

  test('W-06 10 of 1,000 hang: the others’ p99 is at most twice what it is without them', async () => {
    const ROUNDS = trials(3);
    await times(1_000, 0);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const baseline = await times(1_000, 0);
      const hung = await times(1_000, 10);
      expect([baseline.length, hung.length]).toEqual([1_000, 990]);
      ratios.push(p99(hung) / p99(baseline));
    }
    ratios.sort((a, b) => a - b);
    expect(ratios[Math.floor(ratios.length / 2)]).toBeLessThanOrEqual(2);
  });

  test('W-06 twin: one line for all stands still behind the first that hangs', async () => {
    const claim = LanesRepository.prototype.claim;
    jest.spyOn(LanesRepository.prototype, 'claim').mockImplementation(function (
      this: LanesRepository,
      lease,
    ) {
      return claim.call(this, lease, { lanes: 1, suspects: 1 });
    });
    const { inHand } = world.server.app.get(WebhookWorker);
    let broken = 0;
    for (let trial = 0; trial < 10; trial++) {
      await field(20);
      const stop = new AbortController();
      let answered = 0;
      world.receiver.answer(({ path }, reply) => {
        if (Number(path.slice(1)) < 10) return;
        answered++;
        reply.writeHead(204).end();
      });
      // As many turns as there are places in the line: one.
      const original = inHand.add.bind(inHand);
      const blocked = new Promise<void>((resolve) => {
        inHand.add = (lane) => (setImmediate(resolve), original(lane));
      });
      await world.server.app.get(FanOut).run(stop.signal);
      const work = world.server.app.get(WebhookWorker).work(stop.signal);
      await blocked;
      if (answered < 10) broken++;
      stop.abort();
      await work;
      inHand.add = original;
    }
    expect(broken).toBeGreaterThanOrEqual(9);
  });

  test('W-06 the breaker: after deliveries in vain an endpoint is left alone, and then tried with care', async () => {
    const endpoint = await world.endpoint(app);
    await world.server.database.rows(
      'UPDATE webhooks SET slow_failures = 3, paused_until = now() WHERE id = $1',
      [endpoint.uuid],
    );
    await world.emit(app, 20);
    let most = 0;
    let open = 0;
    world.receiver.answer((_, reply) => {
      most = Math.max(most, ++open);
      setImmediate(() => (open--, reply.writeHead(204).end()));
    });
    await world.settle();
    const [row] = await world.server.database.rows(
      'SELECT slow_failures, paused_until FROM webhooks WHERE id = $1',
      [endpoint.uuid],
    );
    expect(row).toEqual({ slow_failures: 0, paused_until: null });
    expect(most).toBe(1);
  });
});

describe('W-06 what takes long', () => {
  const answer = { status: 0, failure: null, durationMs: 15_000, body: '', retryAfter: null };

  /** What the breaker knows of an endpoint after eight tries at once that each took so long. */
  async function afterEight(result: Partial<OutboundResult>) {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 8);
    jest
      .spyOn(WebhookSender.prototype, 'send')
      .mockImplementation(async () => ({ ...answer, ...result }));
    await world.settle();
    const [row] = await world.server.database.rows(
      'SELECT slow_failures, paused_until FROM webhooks WHERE id = $1',
      [endpoint.uuid],
    );
    const log = await world.log(endpoint);
    return { row, tried: log.filter(({ attempts }) => attempts === 1).length };
  }

  test('W-06 eight time-outs at once are one step towards the breaker', async () => {
    const { row, tried } = await afterEight({ failure: 'timeout' });
    expect({ row, tried }).toEqual({ row: { slow_failures: 1, paused_until: null }, tried: 8 });
  });

  test('W-06 so are answers of 200 that take as long to come', async () => {
    const { row, tried } = await afterEight({ status: 200 });
    expect({ row, tried }).toEqual({ row: { slow_failures: 1, paused_until: null }, tried: 8 });
  });

  test('W-06 suspects that may not be taken hide nobody', async () => {
    await world.server.database.rows(
      `INSERT INTO webhooks (id, app_id, seller_id, url, host, format, events, ordering, status, slow_failures, due_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), 'http://x', gen_random_uuid()::text, 'envelope', '{*}', 'none',
              'ACTIVE', CASE WHEN n <= 300 THEN 3 ELSE 0 END, now() - (301 - n) * interval '1 second'
         FROM generate_series(1, 301) n`,
      [app.id],
    );
    const claim = (suspects: number) =>
      world.server.app.get(LanesRepository).claim(randomUUID(), { lanes: 10, suspects });
    expect((await claim(0)).map(({ slowFailures }) => slowFailures)).toEqual([0]);
    expect(await claim(2)).toHaveLength(2);
  });
});

test('W-06 a claim that fails is made again, whatever hangs meanwhile', async () => {
  await world.endpoint(app, { url: world.receiver.url('/hangs'), events: ['user.login'] });
  await world.endpoint(app, { url: world.receiver.url('/other'), events: ['user.ban'] });
  world.receiver.received.length = 0;
  world.receiver.answer(({ path }, reply) => {
    if (path === '/other') reply.writeHead(204).end();
  });
  const stop = new AbortController();
  const worker = world.server.app.get(WebhookWorker);
  const fanOut = world.server.app.get(FanOut);
  await world.emit(app, 1, 'user.login');
  await fanOut.run(stop.signal);
  const work = worker.work(stop.signal);
  await world.receiver.until(1);
  const failed = jest.spyOn(LanesRepository.prototype, 'claim').mockRejectedValueOnce(new Error());
  await world.emit(app, 1, 'user.ban');
  await fanOut.run(stop.signal);
  worker.wake();
  await world.receiver.until(2, 10_000);
  stop.abort();
  await work;
  expect(failed.mock.calls.length).toBeGreaterThan(1);
  expect(world.receiver.received.map(({ path }) => path)).toEqual(['/hangs', '/other']);
});

describe('W-06 an endpoint that is changed while it hangs', () => {
  const end = { slowFailures: 0, failed: null, recovered: false, pauseSeconds: 0 };

  /** Places taken by one endpoint that hangs in a worker's hand, over the changes of its owner. */
  async function places(changed = async (): Promise<unknown> => null): Promise<Lane[]> {
    const worker = world.server.app.get(WebhookWorker);
    const endpoint = await world.endpoint(app);
    await world.timePasses();
    const taken = await worker.claim();
    for (let n = 0; n < 5; n++) {
      const url = world.receiver.url(`/${n}`);
      expect((await app.seller.patch(endpoint.path(), { url })).status).toBe(200);
      await changed();
      taken.push(...(await worker.claim()));
    }
    return taken;
  }

  test('W-06 keeps the one place that it has, and is verified when its turn has ended', async () => {
    const taken = await places();
    expect(taken.map(({ status }) => status)).toEqual(['ACTIVE']);
    expect(await world.server.app.get(LanesRepository).release(taken[0]!, end)).toBe(false);
    const next = await world.server.app.get(WebhookWorker).claim();
    expect(next.map(({ status }) => status)).toEqual(['PENDING']);
  });

  test('W-06 twin: a change that gives the place back makes room for another turn each time', async () => {
    const giveBack = () =>
      world.server.database.rows('UPDATE webhooks SET lease = NULL, leased_until = NULL');
    expect(await places(giveBack)).toHaveLength(6);
  });
});

describe('W-06 no more endpoints of one host or seller are served at once than is fair', () => {
  const GATE = 7_041;
  const seller = randomUUID();

  /** Endpoints that are due, the seller's own ones first, the others all at one host. */
  const due = (count: number, ofSeller: number, since: string) =>
    world.server.database.rows(
      `INSERT INTO webhooks (id, app_id, seller_id, url, host, format, events, ordering, status, due_at)
       SELECT gen_random_uuid(), $1, CASE WHEN n <= $4::int THEN $2::uuid ELSE gen_random_uuid() END, 'http://x',
              CASE WHEN n <= $4::int THEN gen_random_uuid()::text ELSE 'one.example' END, 'envelope', '{*}', 'none',
              'ACTIVE', now() - $5::interval
         FROM generate_series(1, $3::int) n`,
      [app.id, seller, count, ofSeller, since],
    );

  beforeAll(() =>
    world.server.database.rows(
      `CREATE FUNCTION at_the_gate() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${GATE}); RETURN NULL; END $$`,
    ),
  );
  beforeEach(() => due(80, 40, '1 minute'));
  afterEach(() => world.server.database.rows('DROP TRIGGER IF EXISTS gate ON webhooks'));

  const waiting = (count: number) => async () =>
    (await world.server.database.value<number>(
      `SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )) === count;

  /**
   * Two workers claim: the second while the first has its endpoints but has not yet committed, and
   * endpoints that wait longer have come.
   */
  async function claimedByTwo(): Promise<Lane[]> {
    const worker = world.server.app.get(WebhookWorker);
    const gate = await world.server.database.pool.connect();
    try {
      await gate.query(`SELECT pg_advisory_lock(${GATE})`);
      await gate.query(
        `CREATE TRIGGER gate AFTER UPDATE ON webhooks FOR EACH ROW EXECUTE FUNCTION at_the_gate()`,
      );
      const first = worker.claim();
      await until('the first to have claimed', waiting(1), 10_000);
      await due(30, 15, '1 hour');
      const second = worker.claim();
      await until('the second to wait', waiting(2), 10_000);
      await gate.query(`SELECT pg_advisory_unlock(${GATE})`);
      return [...(await first), ...(await second), ...(await worker.claim())];
    } finally {
      await gate.query('SELECT pg_advisory_unlock_all()');
      gate.release();
    }
  }

  const bySeller = (taken: readonly Lane[]) => [
    taken.filter(({ sellerId }) => sellerId === seller).length,
    taken.filter(({ sellerId }) => sellerId !== seller).length,
  ];

  test('W-06 however many workers claim at the same moment', async () => {
    const worker = world.server.app.get(WebhookWorker);
    const taken = await Promise.all([1, 2, 3, 4].map(() => worker.claim()));
    const ids = taken.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(bySeller(taken.flat())).toEqual([20, 10]);
  });

  test('W-06 not even between the claim of a worker and its commit', async () => {
    expect(bySeller(await claimedByTwo())).toEqual([20, 10]);
  });

  test('W-06 twin: claims that take no turns exceed it', async () => {
    jest.spyOn(LanesRepository.prototype, 'takeTurn').mockResolvedValue();
    const [ofSeller, ofHost] = bySeller(await claimedByTwo());
    expect(ofSeller).toBeGreaterThan(20);
    expect(ofHost).toBeGreaterThan(10);
  });
});
