import { freshDatabase } from '../support/database';
import { SpawnedServer, spawnServer } from '../support/server';
import { brokenInvariants, lostWrites } from './support/invariants';
import { MixedWrites } from './support/mixed-writes';
import { answersOk, guardOff, pace, report, seeded, until } from './support/until';

const PER_SECOND = 100;
const SETTINGS = { LOGIN_MAX_ATTEMPTS: '100' };

/** Load, `kill -9` at a random moment, restart, retry; what is wrong afterwards, in words. */
async function crashCycles(cycles: number, preload?: string) {
  const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
  const random = seeded(seed);
  const database = await freshDatabase();
  let server: SpawnedServer | undefined;
  const readyMs: number[] = [];
  let retried = 0;
  try {
    const start = () => spawnServer(database.url, { env: SETTINGS, preload });
    server = await start();
    const mix = await MixedWrites.prepare(server.url);
    for (let cycle = 0; cycle < cycles; cycle++) {
      const { url } = server;
      const killAfter = 300 + random() * 1_000;
      const since = performance.now();
      await pace(
        PER_SECOND,
        5_000,
        () => performance.now() - since > killAfter,
        () => mix.start(url),
      );
      await server.stop('SIGKILL');
      const dead = performance.now();
      await mix.drained();
      server = await start();
      await until('readiness', () => answersOk(server!.url, '/health/ready'), 10_000);
      readyMs.push(Math.round(performance.now() - dead));
      retried += await mix.retryUnknown(server.url);
    }
    await server.stop();
    const problems = [
      ...mix.problems,
      ...(await lostWrites(database, mix.writes)),
      ...(await brokenInvariants(database)),
    ];
    const figures = { seed, cycles, readyMs, retried, writes: mix.writes.length };
    return { ...figures, acknowledged: mix.acknowledged(), problems };
  } finally {
    server?.process.kill('SIGKILL');
    await database.close();
  }
}

describe('C-01 a server killed under load', () => {
  test('loses no acknowledged write, and unknown ones end up exactly once', async () => {
    const { problems, ...figures } = await crashCycles(8);
    report('C-01', figures);

    expect(problems).toEqual([]);
    expect(Math.max(...figures.readyMs)).toBeLessThanOrEqual(5_000);
    expect(figures.acknowledged).toBeGreaterThan(200);
    expect(figures.retried).toBeGreaterThan(0);
  }, 120_000);

  test.each([
    ['the books are written after the commit', 'books-after-commit', /not on record|broken/],
    [
      'the key is kept outside of the transaction',
      'key-before-effect',
      /lost|without its data|answered 500/,
    ],
  ])('its twin goes red when %s', async (_what, guard, expected) => {
    const { problems } = await crashCycles(2, guardOff(guard));

    expect(problems.join('\n')).toMatch(expected);
  });
});
