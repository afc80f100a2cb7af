import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A body of the wire, as a person reads it. */
type Json = Record<string, unknown>;

/** Starts the server on a temporary directory; gives its address and how to stop it. */
function startServer(directory: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [join(__dirname, '../src/main.js')], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: directory, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /Latchkey is ready at (\S+)/.exec(line);
      if (ready) resolve({ url: ready[1]!, stop });
    });
  });
}

/** Prints each request and its answer, and stops the demo at an answer nobody expects. */
class Walk {
  constructor(private readonly url: string) {}

  async step(
    title: string,
    method: string,
    path: string,
    body: Json | undefined,
    token: string | undefined,
    expected: number,
  ): Promise<Json> {
    console.log(`\n── ${title}\n${method} ${path}`);
    if (token) console.log('Authorization: Bearer …');
    if (body) console.log(JSON.stringify(body, null, 2));
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: body && JSON.stringify(body),
    });
    const answer = (await response.json()) as Json;
    console.log(`→ ${response.status}\n${JSON.stringify(answer, null, 2)}`);
    if (response.status !== expected) throw new Error(`expected ${expected} from «${title}»`);
    return (answer['data'] ?? {}) as Json;
  }
}

async function walk(url: string): Promise<void> {
  const on = new Walk(url);
  const post = (title: string, path: string, body?: Json, token?: string, expected = 200) =>
    on.step(title, 'POST', path, body, token, expected);
  const get = (title: string, path: string, token: string) =>
    on.step(title, 'GET', path, undefined, token, 200);

  const account = { email: 'dev@example.com', password: 'securepass123', name: 'John Developer' };
  const seller = await post('A seller registers', '/v1/auth/register', account, undefined, 201);
  const token = seller['accessToken'] as string;
  const app = await post(
    'creates an application',
    '/v1/admin/apps',
    { name: 'My App' },
    token,
    201,
  );
  const home = `/v1/admin/apps/${String(app['id'])}`;
  const order = { count: 2, durationType: '30d', prefix: 'VIP' };
  const made = await post('and generates keys', `${home}/licenses`, order, token, 201);
  const [first, second] = made as unknown as { id: string; key: string }[];

  const credentials = { appId: app['id'], apiKey: app['apiKey'] };
  const client = (title: string, type: string, fields: Json = {}, expected = 200) =>
    post(title, '/v1', { type, ...credentials, ...fields }, undefined, expected);
  const user = { username: 'testuser', password: 'securepass', hwid: 'HWID-A1B2C3D4' };
  await client('A client program initialises', 'init');
  await client('registers with the first key', 'register', { ...user, licenseKey: first!.key });
  const login = await client('and logs in', 'login', user);
  const session = { sessionToken: login['sessionToken'] };
  await client('It keeps its session alive', 'check', session);
  await client('Another machine is refused', 'login', { ...user, hwid: 'OTHER-PC' }, 403);
  await client('The second key verifies alone', 'license', { licenseKey: second!.key });

  await get('The seller sees the user', `${home}/users`, token);
  await get('and the sessions', `${home}/sessions`, token);
  await post('bans the second key', `${home}/licenses/${second!.id}/ban`, undefined, token);
  await client('which is refused at once', 'license', { licenseKey: second!.key }, 403);
  await client('The client logs out', 'logout', session);
  await client('and its session is over', 'check', session, 401);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
  const server = await startServer(directory);
  try {
    await walk(server.url);
    console.log('\nThe whole journey, walked.');
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
