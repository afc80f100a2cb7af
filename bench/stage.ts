import { ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { LoadOrder, LoadResult } from './load';

const children = new Set<ChildProcess>();

/** Starts a script of dist/ and gives the first line it prints that matches. */
export function start(
  script: string,
  args: readonly string[],
  ready: RegExp,
  env: Record<string, string> = {},
): Promise<{ match: RegExpExecArray; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [join(__dirname, script), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    children.delete(child);
  };
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = ready.exec(line);
      if (match) resolve({ match, stop });
    });
  });
}

/** Runs one load in a process of its own. */
export function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(join(__dirname, 'load.js'));
  children.add(child);
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as LoadResult));
    child.once('error', reject);
    child.once('exit', () => children.delete(child));
    child.send(order);
  });
}

export interface Stage {
  readonly port: number;
  call(type: string, fields: object): Promise<Record<string, unknown>>;
  body(type: string, fields: object): string;
  licenses(count: number, terms: object): Promise<string[]>;
  /** Uploads a file that every client gets; its id. */
  upload(bytes: Readable): Promise<string>;
  /** A seller's request below the application's path; gives the `data` of the answer. */
  admin(method: 'POST' | 'PATCH', path: string, body: object): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

const READY = /ready at http:\/\/127\.0\.0\.1:(\d+)/;

/** The options that `npm start` gives Node. */
function nodeOptions(): string {
  const manifest = readFileSync(join(__dirname, '../../package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { scripts: { start: string } };
  const options = scripts.start.split(' ').filter((word) => word.startsWith('--'));
  return options.join(' ');
}

/** Settings of a server under load: no limit is in the way. */
function serverSettings(directory: string): Record<string, string> {
  const unlimited = '10000000';
  return {
    NODE_OPTIONS: nodeOptions(),
    PORT: '0',
    DATA_DIR: directory,
    FILE_LIMIT_BYTES: '1073741824',
    RATE_LIMIT_SIGN_IN_PER_MINUTE: unlimited,
    RATE_LIMIT_CLIENT_PER_MINUTE: unlimited,
    RATE_LIMIT_SELLER_PER_MINUTE: unlimited,
  };
}

/** The `data` of an answer. */
async function post(
  port: number,
  path: string,
  body: object,
  token?: string,
  method = 'POST',
): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { data: unknown };
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer.data as Record<string, unknown>;
}

/** A server as `npm start` runs it, on a temporary directory, with an application in it. */
export async function openStage(more: Record<string, string> = {}): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const settings = { ...serverSettings(directory), ...more };
  const server = await start('../src/main.js', [], READY, settings);
  const port = Number(server.match[1]);
  const send = (path: string, body: object, token?: string) => post(port, path, body, token);
  const account = { email: 'bench@example.com', password: 'benchmark password', name: 'Bench' };
  const token = (await send('/v1/auth/register', account))['accessToken'] as string;
  const app = await send('/v1/admin/apps', { name: 'Bench' }, token);
  const credentials = { appId: app['id'], apiKey: app['apiKey'] };
  const body = (type: string, fields: object) =>
    JSON.stringify({ type, ...credentials, ...fields });
  return {
    port,
    body,
    call: (type, fields) => send('/v1', { type, ...credentials, ...fields }),
    admin: (method, path, fields) =>
      post(port, `/v1/admin/apps/${String(app['id'])}${path}`, fields, token, method),
    licenses: async (count, terms) => {
      const keys: string[] = [];
      while (keys.length < count) {
        const order = { durationType: '30d', count: Math.min(100, count - keys.length), ...terms };
        const made = await send(`/v1/admin/apps/${String(app['id'])}/licenses`, order, token);
        keys.push(...(made as unknown as { key: string }[]).map(({ key }) => key));
      }
      return keys;
    },
    upload: async (bytes) => {
      const files = `/v1/admin/apps/${String(app['id'])}/files`;
      const { id } = await send(files, { name: 'large.bin' }, token);
      const response = await fetch(`http://127.0.0.1:${port}${files}/${String(id)}/content`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}` },
        body: Readable.toWeb(bytes),
        duplex: 'half',
      });
      if (!response.ok) throw new Error(await response.text());
      return String(id);
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A server with an application that was seeded. */
export interface SeededStage {
  readonly port: number;
  readonly licenses: number;
  readonly seedSeconds: number;
  body(type: string, fields: object): string;
  /** The body that the seller is answered below the application's path. */
  get(path: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function openSeeded(licenses: number): Promise<SeededStage> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const started = performance.now();
  const args = ['seed', '--licenses', String(licenses)];
  const seller = /^seller (\S+), password (\S+)$/;
  const app = /^app (\S+), API key (\S+):/;
  const lines = await printed('../src/cli/main.js', args, [seller, app], {
    DATA_DIR: directory,
    LOG_LEVEL: 'warn',
  });
  const seedSeconds = (performance.now() - started) / 1_000;
  const [[email, password], [appId, apiKey]] = lines as [string[], string[]];
  // A machine that still writes out what was seeded makes requests wait; here they may.
  const patient = { DATABASE_ACQUIRE_TIMEOUT_MS: '10000', DATABASE_LOCK_TIMEOUT_MS: '10000' };
  const settings = { ...serverSettings(directory), ...patient };
  const server = await start('../src/main.js', [], READY, settings);
  const port = Number(server.match[1]);
  const signedIn = await post(port, '/v1/auth/login', { email, password });
  const authorization = `Bearer ${String(signedIn['accessToken'])}`;
  return {
    port,
    licenses,
    seedSeconds,
    body: (type, fields) => JSON.stringify({ type, appId, apiKey, ...fields }),
    get: async (path) => {
      const url = `http://127.0.0.1:${port}/v1/admin/apps/${appId}${path}`;
      const response = await fetch(url, { headers: { authorization } });
      const answer = (await response.json()) as Record<string, unknown>;
      if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
      return answer;
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Runs a script of dist/ to its end; the groups of the lines that match, in the order asked. */
function printed(
  script: string,
  args: readonly string[],
  wanted: readonly RegExp[],
  env: Record<string, string>,
): Promise<string[][]> {
  const child = spawn(process.execPath, [join(__dirname, script), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const found: string[][] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    for (const [index, pattern] of wanted.entries()) {
      const match = pattern.exec(line);
      if (match) found[index] = match.slice(1);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      children.delete(child);
      if (code === 0 && found.length === wanted.length) resolve(found);
      else reject(new Error(`${script} ended with ${code}`));
    });
  });
}

/** Ends whatever is still running. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
