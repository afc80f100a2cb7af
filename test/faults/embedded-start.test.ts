import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { aSeller, anApp, TestApp } from '../factories';
import type { Answer } from '../support/http';
import { SpawnedServer, spawnServer } from '../support/server';
import { childrenOf, inFolder, isAlive, killNow, runToEnd } from './support/processes';
import { answersOk, guardOff, report, until } from './support/until';

/** As `npm start` on a fresh checkout: no database, no secrets, the product's own times. */
const FRESH = {
  NODE_ENV: 'development',
  MIGRATE_ON_START: '',
  MASTER_KEY: '',
  JWT_SECRET: '',
};

interface EmbeddedDatabase {
  readonly pid: number;
  readonly url: string;
}

/** The embedded server of a data folder, by what PostgreSQL writes about itself. */
function databaseOf(dataDir: string): EmbeddedDatabase {
  const file = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
  const [pid, , , port, socketDir] = file.split('\n');
  const host = encodeURIComponent(socketDir!);
  return { pid: Number(pid), url: `postgres://app@localhost:${port}/postgres?host=${host}` };
}

/** Runs servers on one data folder; whatever is left of them and their databases is killed. */
async function onDataDir<T>(
  work: (start: (preload?: string) => Promise<SpawnedServer>, dataDir: string) => Promise<T>,
): Promise<T> {
  return inFolder(async (folder) => {
    const dataDir = join(folder, 'data');
    const servers: SpawnedServer[] = [];
    const start = async (preload?: string) => {
      const env = { ...FRESH, DATA_DIR: dataDir };
      const server = await spawnServer(undefined, { env, preload });
      servers.push(server);
      return server;
    };
    try {
      return await work(start, dataDir);
    } finally {
      for (const { process: child } of servers) {
        const below = childrenOf(child.pid!);
        child.kill('SIGKILL');
        below.forEach(killNow);
      }
      await until('the database to be gone', () => stopDatabase(dataDir), 10_000);
    }
  });
}

function stopDatabase(dataDir: string): boolean {
  let pid: number;
  try {
    ({ pid } = databaseOf(dataDir));
  } catch {
    return true;
  }
  if (!isAlive(pid)) return true;
  process.kill(pid, 'SIGQUIT');
  return false;
}

/** A request that waits for a locked row is in flight, then the signal comes, then the row is free. */
async function drain(signal: NodeJS.Signals, preload?: string) {
  return onDataDir(async (start, dataDir) => {
    const server = await start(preload);
    const app = await anApp(server.url);
    const license = await app.license();
    const database = databaseOf(dataDir);
    const holder = new Client({ connectionString: database.url });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM licenses FOR UPDATE');
    const extend = app.seller.post(app.path(`/licenses/${license.id}/extend`), { days: 1 });
    const answered: Promise<Answer | null> = extend.catch(() => null);
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
    const waits = async () => (await holder.query(waiting)).rows.length > 0;
    await until('the request to wait', waits, 5_000);
    const since = performance.now();
    const ended = server.stop(signal);
    // It listens no more: from here on it drains (or has ended).
    await until('a closed door', () => refusesConnections(server.url), 5_000);
    await holder.query('ROLLBACK').catch(() => undefined);
    await holder.end().catch(() => undefined);
    const code = await ended;
    const stoppedMs = performance.now() - since;
    const answer = await answered;
    const databaseGone = !isAlive(database.pid);
    return { status: answer?.status ?? null, code, stoppedMs, databaseGone };
  });
}

async function refusesConnections(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`, { headers: { connection: 'close' } }).then(
    () => false,
    () => true,
  );
}

async function licenseIds(app: TestApp, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) {
    if ((await app.seller.get(app.path(`/licenses/${id}`))).status === 200) found.push(id);
  }
  return found;
}

describe('start-up with the embedded database', () => {
  test('is ready within 15 s first and 5 s then, and kill -9 loses nothing acknowledged', async () => {
    await onDataDir(async (start) => {
      const began = performance.now();
      const first = await start();
      expect(await answersOk(first.url, '/health/ready')).toBe(true);
      const firstMs = performance.now() - began;
      const app = await anApp(await aSeller(first.url));
      const made = (await app.licenses({ count: 20 })).map(({ id }) => id);
      await first.stop('SIGKILL');

      const again = performance.now();
      const second = await start();
      expect(await answersOk(second.url, '/health/ready')).toBe(true);
      const secondMs = performance.now() - again;
      report('start-embedded', { firstMs, secondMs });

      expect(await licenseIds(app.at(second.url), made)).toEqual(made);
      expect(firstMs).toBeLessThanOrEqual(15_000);
      expect(secondMs).toBeLessThanOrEqual(5_000);
    });
  });

  test('a second server on the same DATA_DIR refuses and says who holds it', async () => {
    await onDataDir(async (start, dataDir) => {
      const first = await start();
      const { code, output } = await runToEnd({ ...FRESH, PORT: '0', DATA_DIR: dataDir });

      expect(code).toBe(1);
      expect(output).toMatch(
        new RegExp(`DATA_DIR \\S+ is in use by process ${first.process.pid}\\. Stop that server`),
      );
      expect(await answersOk(first.url, '/health/ready')).toBe(true);
    });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: the request in flight is answered, then server and database end',
    async (signal) => {
      const { status, code, stoppedMs, databaseGone } = await drain(signal);

      expect({ status, code, databaseGone }).toEqual({ status: 200, code: 0, databaseGone: true });
      expect(stoppedMs).toBeLessThanOrEqual(10_000);
    },
  );

  test('its twin goes red when a signal ends the process at once', async () => {
    const { status } = await drain('SIGTERM', guardOff('no-drain'));

    expect(status).toBeNull();
  });
});
