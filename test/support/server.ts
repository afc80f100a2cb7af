import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeApp, createApp } from '../../src/bootstrap/create-app';
import { parseConfig } from '../../src/config';
import { createLogger } from '../../src/platform/logging';
import { testSettings } from './settings';
import { DatabaseOptions, freshDatabase, TestDatabase } from './database';

export interface TestServer {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  /** Lines the server logged. */
  readonly logs: string[];
  close(): Promise<void>;
}

const databases = new Map<string, TestDatabase>();

/** The database behind a server that `startTestServer` started in this process. */
export function databaseAt(url: string): TestDatabase {
  const database = databases.get(url);
  if (!database) throw new Error(`no server of this process listens at ${url}`);
  return database;
}

/** The whole server inside this process, on a database of its own and a free port. */
export async function startTestServer(
  overrides: Record<string, string> = {},
  databaseOptions: DatabaseOptions = {},
): Promise<TestServer> {
  const database = await freshDatabase(databaseOptions);
  const config = parseConfig({ ...testSettings, ...overrides });
  const secrets = { masterKey: config.MASTER_KEY!, jwtSecret: config.JWT_SECRET! };
  const logs: string[] = [];
  const logger = createLogger(config, { write: (line: string) => void logs.push(line) });
  const app = await createApp({ config, secrets, databaseUrl: database.url, logger });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  databases.set(url, database);
  return {
    url,
    app,
    database,
    logs,
    close: async () => {
      databases.delete(url);
      await closeApp(app);
      await database.close();
    },
  };
}

export interface SpawnedServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** SIGTERM (or another signal), and waits for the end; gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface SpawnOptions {
  readonly env?: Record<string, string>;
  /**
   * Module loaded before the server (`node --require`): how a twin switches a guard off, by
   * replacing one method of a class in dist/.
   */
  readonly preload?: string;
  /** Milliseconds to wait until it is ready. */
  readonly timeoutMs?: number;
}

export const PROJECT_ROOT = join(__dirname, '../..');
const MAIN = join(PROJECT_ROOT, 'dist/src/main.js');

/** A server process of its own from dist/, as `npm start` would run it. */
export function spawnServer(
  databaseUrl: string | undefined,
  { env = {}, preload, timeoutMs = 20_000 }: SpawnOptions = {},
): Promise<SpawnedServer> {
  const args = [...(preload ? ['--require', preload] : []), MAIN];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT_ROOT,
    env: {
      PATH: process.env['PATH'],
      ...testSettings,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`server not ready in ${timeoutMs} ms:\n${output}`));
    }, timeoutMs);
    void exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`server exited with ${code}:\n${output}`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      const ready = /Latchkey is ready at (\S+)/.exec(line);
      if (!ready) return;
      clearTimeout(timer);
      resolve({
        url: ready[1]!,
        process: child,
        output: () => output,
        stop: (signal = 'SIGTERM') => {
          child.kill(signal);
          return exited;
        },
      });
    });
  });
}
