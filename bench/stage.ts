import { ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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
  stop(): Promise<void>;
}

/** A server as `npm start` runs it, on a temporary directory, with an application in it. */
export async function openStage(): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const unlimited = '10000000';
  const server = await start('../src/main.js', [], /ready at http:\/\/127\.0\.0\.1:(\d+)/, {
    PORT: '0',
    DATA_DIR: directory,
    RATE_LIMIT_SIGN_IN_PER_MINUTE: unlimited,
    RATE_LIMIT_CLIENT_PER_MINUTE: unlimited,
    RATE_LIMIT_SELLER_PER_MINUTE: unlimited,
  });
  const port = Number(server.match[1]);
  const send = async (path: string, body: object, token?: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { data: unknown };
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.data as Record<string, unknown>;
  };
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
    licenses: async (count, terms) => {
      const keys: string[] = [];
      while (keys.length < count) {
        const order = { durationType: '30d', count: Math.min(100, count - keys.length), ...terms };
        const made = await send(`/v1/admin/apps/${String(app['id'])}/licenses`, order, token);
        keys.push(...(made as unknown as { key: string }[]).map(({ key }) => key));
      }
      return keys;
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Ends whatever is still running. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
