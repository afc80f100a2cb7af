import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { aSeller, anApp } from '../factories';
import { databaseUrl, freshDatabase } from '../support/database';
import { SpawnedServer, spawnServer } from '../support/server';
import { childrenOf, inFolder } from './support/processes';
import { answersOk, guardOff, report, until } from './support/until';

/** A database without a single table. */
async function inEmptyDatabase<T>(
  work: (url: string, rows: (sql: string) => Promise<unknown[]>) => Promise<T>,
): Promise<T> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  const admin = new Client({ connectionString: databaseUrl('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const reader = new Client({ connectionString: databaseUrl(name) });
  try {
    await reader.connect();
    return await work(databaseUrl(name), async (sql) => (await reader.query(sql)).rows);
  } finally {
    await reader.end();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
}

async function stopAll(started: readonly PromiseSettledResult<SpawnedServer>[]): Promise<void> {
  for (const one of started) if (one.status === 'fulfilled') await one.value.stop('SIGKILL');
}

const TABLES = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`;

/** Two servers started at once on an empty database: what goes wrong, in words. */
async function twoAtOnce(preload?: string): Promise<string[]> {
  return inEmptyDatabase(async (url, rows) => {
    const env = { MIGRATE_ON_START: 'true', LOG_LEVEL: 'error' };
    const started = await Promise.allSettled([
      spawnServer(url, { env, preload }),
      spawnServer(url, { env, preload }),
    ]);
    try {
      const problems = started.flatMap((one) =>
        one.status === 'rejected' ? [`did not start: ${String(one.reason)}`] : [],
      );
      for (const one of started) {
        if (one.status !== 'fulfilled') continue;
        await until('readiness', () => answersOk(one.value.url, '/health/ready'), 5_000);
        await aSeller(one.value.url);
        // Nest tries again by itself; a start that needs this did not wait for its turn.
        if (/Unable to connect/.test(one.value.output())) problems.push('stumbled over the other');
      }
      const twice = 'SELECT name FROM schema_migrations GROUP BY name HAVING count(*) > 1';
      if ((await rows(twice)).length > 0) problems.push('a migration ran twice');
      return problems;
    } finally {
      await stopAll(started);
    }
  });
}

describe('start-up with DATABASE_URL', () => {
  test('starts no database of its own and puts nothing on disk', async () => {
    const database = await freshDatabase();
    try {
      await inFolder(async (folder) => {
        const env = { DATA_DIR: join(folder, 'data') };
        const server = await spawnServer(database.url, { env });
        await anApp(server.url);

        expect(childrenOf(server.process.pid!)).toEqual([]);
        expect(server.output()).not.toContain('embedded');
        expect(existsSync(env.DATA_DIR)).toBe(false);
        expect(await server.stop()).toBe(0);
      });
    } finally {
      await database.close();
    }
  });

  test('L-09: is ready at most 3 s after a start on a migrated schema', async () => {
    const database = await freshDatabase();
    try {
      const since = performance.now();
      const server = await spawnServer(database.url);
      const ready = await answersOk(server.url, '/health/ready');
      const milliseconds = performance.now() - since;
      await server.stop();
      report('L-09', { milliseconds });

      expect(ready).toBe(true);
      expect(milliseconds).toBeLessThanOrEqual(3_000);
    } finally {
      await database.close();
    }
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s stops it once, in peace',
    async (signal) => {
      const database = await freshDatabase();
      try {
        const server = await spawnServer(database.url, { env: { LOG_LEVEL: 'warn' } });
        await anApp(server.url);

        expect(await server.stop(signal)).toBe(0);
        expect(server.output()).not.toMatch(/"level":"(warn|error|fatal)"/);
      } finally {
        await database.close();
      }
    },
  );

  test('two servers at once on an empty database both come up, each migration runs once', async () => {
    expect(await twoAtOnce()).toEqual([]);
  });

  test('its twin goes red when they do not take turns', async () => {
    expect((await twoAtOnce(guardOff('migrate-without-turns'))).join('\n')).toMatch(
      /did not start|ran twice|stumbled/,
    );
  });

  test('MIGRATE_ON_START=false leaves the schema alone', async () => {
    await inEmptyDatabase(async (url, rows) => {
      const server = await spawnServer(url, { env: { MIGRATE_ON_START: 'false' } });
      await server.stop('SIGKILL');

      expect(await rows(TABLES)).toEqual([]);
    });
  });

  /** Whether a seller who signed in at one of two servers is known to the other. */
  async function agreeOnSecrets(preload?: string): Promise<boolean> {
    const database = await freshDatabase();
    try {
      return await inFolder(async (folder) => {
        const env = { DATA_DIR: join(folder, 'data'), MASTER_KEY: '', JWT_SECRET: '' };
        const start = () => spawnServer(database.url, { env, preload });
        const started = await Promise.allSettled([start(), start()]);
        try {
          const [one, two] = started.map((result) => {
            if (result.status === 'rejected') throw result.reason;
            return result.value;
          });
          const app = await anApp(one!.url);
          const seen = await app.at(two!.url).seller.get(app.path());
          const files = readFileSync(join(env.DATA_DIR, 'secrets.json'), 'utf8');
          return seen.status === 200 && files.length > 0;
        } finally {
          await stopAll(started);
        }
      });
    } finally {
      await database.close();
    }
  }

  test('C-15: two first starts at once agree on the generated secrets', async () => {
    expect(await agreeOnSecrets()).toBe(true);
  });

  test('C-15: its twin goes red when each trusts what it generated itself', async () => {
    expect(await agreeOnSecrets(guardOff('secrets-of-my-own'))).toBe(false);
  });
});
