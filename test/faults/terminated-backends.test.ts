import { freshDatabase, TestDatabase } from '../support/database';
import { SpawnedServer, spawnServer } from '../support/server';
import { brokenInvariants, lostWrites } from './support/invariants';
import { MixedWrites } from './support/mixed-writes';
import { answersOk, guardOff, pace, report, until } from './support/until';

const PER_SECOND = 100;

/**
 * Ends every connection of the server, if one of them is in a transaction whose last statement is like
 * `moment`; tells how many were.
 */
async function terminateDuringTransaction(database: TestDatabase, moment: string): Promise<number> {
  return database.value<number>(
    `WITH seen AS MATERIALIZED (
       SELECT pid, state <> 'idle' AND application_name = 'latchkey' AND query LIKE $1 AS busy FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'latchkey%')
     SELECT count(*) FILTER (WHERE busy)::int FROM seen
      WHERE (SELECT bool_or(busy) FROM seen) AND pg_terminate_backend(pid)`,
    [moment],
  );
}

async function terminations(rounds: number, preload?: string, moment = '%') {
  const database = await freshDatabase();
  let server: SpawnedServer | undefined;
  try {
    const env = { LOGIN_MAX_ATTEMPTS: '100', DATABASE_POOL_SIZE: '5' };
    server = await spawnServer(database.url, { env, preload });
    const { url } = server;
    const mix = await MixedWrites.prepare(url);
    let hits = 0;
    let struck = 0;
    let over = false;
    const load = pace(
      PER_SECOND,
      30_000,
      () => over,
      () => mix.start(url),
    );
    const strike = async () => {
      const busy = await terminateDuringTransaction(database, moment);
      if (busy > 0) hits++;
      struck += busy;
      return hits >= rounds;
    };
    const ended = () => server!.process.exitCode !== null || server!.process.signalCode !== null;
    await until(`${rounds} terminations`, async () => (await strike()) || ended(), 30_000);
    over = true;
    await load;
    await mix.drained();
    if (ended()) return { hits, struck, problems: ['the server process ended'] };
    await until('readiness', () => answersOk(url, '/health/ready'), 5_000);
    await mix.retryUnknown(url);
    const idle = `SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'latchkey' AND state LIKE 'idle in transaction%'`;
    await until('no transaction left open', async () => (await database.value(idle)) === 0, 5_000);
    const problems = [
      ...mix.problems,
      ...(await lostWrites(database, mix.writes)),
      ...(await brokenInvariants(database)),
    ];
    const statuses = Object.fromEntries(mix.statuses);
    return { hits, struck, statuses, acknowledged: mix.acknowledged(), problems };
  } finally {
    server?.process.kill('SIGKILL');
    await database.close();
  }
}

describe('C-03 every connection is terminated during transactions', () => {
  test('100 times: nothing leaks, nothing is half done, nobody sees a 500', async () => {
    const { problems, ...figures } = await terminations(100);
    report('C-03', figures);

    expect(problems).toEqual([]);
    expect(figures.statuses?.['500']).toBeUndefined();
    expect(figures.statuses?.['503']).toBeGreaterThan(20);
    expect(figures.acknowledged).toBeGreaterThan(100);
  }, 90_000);

  test('its twin goes red when nobody listens for the loss of a connection', async () => {
    const { problems } = await terminations(100, guardOff('unheard-loss'));

    expect(problems).toEqual(['the server process ended']);
  }, 90_000);

  test('its twin goes red when a use case is not one transaction', async () => {
    const { problems } = await terminations(60, guardOff('no-transaction'));

    expect(problems.join('\n')).toMatch(/broken/);
  }, 90_000);

  test('its twin goes red when the runner swallows the failure of the commit', async () => {
    const { problems } = await terminations(20, guardOff('swallowed-failure'), '%about to commit%');

    expect(problems.join('\n')).toMatch(/not on record|lost/);
  }, 90_000);
});
