import { SpawnedServer, spawnServer } from '../support/server';
import { brokenInvariants, lostWrites } from './support/invariants';
import { MixedWrites } from './support/mixed-writes';
import { Outage, OwnPostgres } from './support/own-postgres';
import { Probe } from './support/probe';
import { guardOff, pace, percentile, report, until } from './support/until';

const PER_SECOND = 50;
const OUTAGE_MS = 1_500;
/** The times the product sets by itself, not those of the other tests. */
const SETTINGS = {
  MIGRATE_ON_START: 'true',
  DATABASE_ACQUIRE_TIMEOUT_MS: '',
  DATABASE_LOCK_TIMEOUT_MS: '',
  LOGIN_MAX_ATTEMPTS: '100',
};

interface Cycle {
  readonly how: Outage;
  redAfterMs: number;
  firstSuccessMs: number;
  greenAfterMs: number;
}

/** One outage under load. Every wait is for a thing to be seen; a wait in vain throws. */
async function outage(
  how: Outage,
  url: string,
  database: OwnPostgres,
  mix: MixedWrites,
  ready: Probe,
): Promise<Cycle> {
  let over = false;
  const load = pace(
    PER_SECOND,
    30_000,
    () => over,
    () => mix.start(url),
  );
  try {
    const before = mix.acknowledged();
    await until('writes to succeed', () => mix.acknowledged() > before + 10, 5_000);
    const begun = performance.now();
    await database.stop(how);
    await until('red readiness', () => ready.has(false, begun), 10_000);
    const redAfterMs = performance.now() - begun;
    await until('the outage to last', () => performance.now() - begun > OUTAGE_MS, OUTAGE_MS * 2);
    await database.start();
    const accepting = performance.now();
    const back = mix.acknowledged();
    const firstSuccessMs = await until('a success', () => mix.acknowledged() > back, 10_000);
    await until('green readiness', () => ready.has(true, accepting), 10_000);
    return { how, redAfterMs, firstSuccessMs, greenAfterMs: performance.now() - accepting };
  } finally {
    over = true;
    await load;
    await mix.drained();
  }
}

async function outages(kinds: readonly Outage[], preload?: string) {
  const database = await OwnPostgres.create();
  let server: SpawnedServer | undefined;
  const probes: Probe[] = [];
  try {
    await database.start();
    server = await spawnServer(database.url, { env: SETTINGS, preload });
    const { url } = server;
    const [ready, live] = [new Probe(url, '/health/ready'), new Probe(url, '/health/live')];
    probes.push(ready, live);
    const mix = await MixedWrites.prepare(url);
    const cycles: Cycle[] = [];
    for (const how of kinds) cycles.push(await outage(how, url, database, mix, ready));
    await mix.retryUnknown(url);
    const feeds = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'latchkey-changes'`;
    const oneFeed = async () => (await database.rows(feeds)).length === 1;
    await until('exactly one change feed', oneFeed, 5_000);
    const { exitCode, signalCode } = server.process;
    const problems = [
      ...mix.problems,
      ...(await lostWrites(database, mix.writes)),
      ...(await brokenInvariants(database)),
    ];
    if (exitCode !== null || signalCode !== null) problems.push('the server process ended');
    if (live.reds() > 0) problems.push(`liveness was red ${live.reds()} times`);
    return {
      cycles,
      problems,
      statuses: Object.fromEntries(mix.statuses),
      acknowledged: mix.acknowledged(),
      refusalP99Ms: percentile(mix.refusalTimes, 0.99),
      refusals: mix.refusalTimes.length,
    };
  } finally {
    await Promise.all(probes.map((probe) => probe.stop()));
    server?.process.kill('SIGKILL');
    await database.remove();
  }
}

describe('C-02 the database goes away under load', () => {
  test('answers 503 until it is back, then works on in the same process', async () => {
    const kinds = ['kill -9', 'fast', 'immediate'] as const;
    const { problems, ...figures } = await outages([...kinds, ...kinds]);
    report('C-02', figures);

    expect(problems).toEqual([]);
    expect(figures.statuses['500']).toBeUndefined();
    expect(figures.refusals).toBeGreaterThan(100);
    expect(figures.refusalP99Ms).toBeLessThanOrEqual(3_000);
    for (const cycle of figures.cycles) {
      expect(cycle.redAfterMs).toBeLessThanOrEqual(5_000);
      expect(cycle.firstSuccessMs).toBeLessThanOrEqual(2_000);
      expect(cycle.greenAfterMs).toBeLessThanOrEqual(5_000);
    }
  }, 120_000);

  test('its twin goes red when the loss of a database is an error like any other', async () => {
    const { problems, statuses } = await outages(['fast'], guardOff('lost-database-is-a-bug'));

    expect(statuses['500']).toBeGreaterThan(0);
    expect(problems.join('\n')).toMatch(/answered 500/);
  });
});
