import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError, IncompatibleClusterError } from './errors';
import { canReach, giveTo, type RunAs } from './run-as';

/** The directory with the server's data, ready to be started. */
export interface Cluster {
  readonly dataDir: string;
  readonly directory: string;
  readonly address: ClusterAddress;
}

/** How a server program is told where the cluster is. */
export interface ClusterAddress {
  readonly dataArgument: string;
  readonly cwd: string;
}

/** What the programs get of our environment: nothing, or a stray PGPORT or LANG would change what they do. */
export function serverEnvironment(
  extra: Record<string, string> = {},
): NodeJS.ProcessEnv | undefined {
  if (process.platform === 'win32') return undefined; // Windows' own libraries need theirs.
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...extra };
}

/** What making or checking a cluster needs to know. */
export interface ClusterOptions {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly who: RunAs;
  /** initdb flags for authentication, and for not waiting for the disk. */
  readonly initFlags: readonly string[];
  readonly log: (line: string) => void;
}

/** Makes the cluster on the first start, or checks that the one on disk is ours to start. */
export async function prepareCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, binaries, who, log } = options;
  const directory = join(dataDir, 'postgres');
  refuseForeignOwner(directory, who);
  removeUnfinished(dataDir, log);
  if (!existsSync(join(directory, 'PG_VERSION'))) {
    if (existsSync(directory) && readdirSync(directory).length > 0) {
      throw new EmbeddedPostgresError(
        `${directory} is neither empty nor a PostgreSQL cluster; it was left alone. Move it away, or choose another DATA_DIR.`,
      );
    }
    await createCluster(directory, options);
  }
  const found = readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim();
  if (found !== binaries.major) {
    throw new IncompatibleClusterError(directory, found, binaries.major);
  }
  repairOwnership(directory, who, log);
  const address = addressOf(directory, who);
  if (address.dataArgument !== directory) {
    log(
      `${directory} lies in a folder closed to user ${who.uid}: PostgreSQL is started from inside`,
    );
  }
  return { dataDir, directory, address };
}

/**
 * PostgreSQL walks to its data directory by name, which fails under e.g. /root for the user we drop to. On Linux the
 * door is opened another way: a child enters its working directory before it gives up root's rights, and
 * /proc/self/cwd leads back there without walking. So the data stays in DATA_DIR, where its owner looks for it.
 */
function addressOf(directory: string, who: RunAs): ClusterAddress {
  if (canReach(directory, who)) return { dataArgument: directory, cwd: '/' };
  if (process.platform === 'linux' && existsSync('/proc/self/cwd')) {
    return { dataArgument: '/proc/self/cwd', cwd: directory };
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and ${directory} lies in a folder closed to user ${who.uid}. ` +
      'Start the server as an ordinary user, or choose a DATA_DIR that others may enter.',
  );
}

/** initdb runs beside the final place: a half-made cluster never carries the cluster's name. */
async function createCluster(directory: string, options: ClusterOptions): Promise<void> {
  const { dataDir, binaries, who, initFlags, log } = options;
  log(`creating the database in ${directory}`);
  const fresh = mkdtempSync(`${directory}.init-`);
  try {
    giveTo(fresh, who);
    const { dataArgument, cwd } = addressOf(fresh, who);
    const flags = ['-D', dataArgument, '-U', 'app', '--no-locale', '-E', 'UTF8', ...initFlags];
    await run(binaries.path('initdb'), flags, cwd, who);
    if (existsSync(directory)) rmdirSync(directory);
    renameSync(fresh, directory);
    syncDirectory(dataDir);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** We hold the lock, so whatever carries such a name was left by a start that was killed. */
function removeUnfinished(dataDir: string, log: (line: string) => void): void {
  for (const entry of readdirSync(dataDir)) {
    if (!entry.startsWith('postgres.init-')) continue;
    try {
      log(`removing ${join(dataDir, entry)}, left by an interrupted first start`);
      rmSync(join(dataDir, entry), { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // The killed start's initdb may still be writing; its directory goes with the next start.
      log(`could not remove it yet: ${(error as Error).message}`);
    }
  }
}

/** An ordinary user cannot even look into a cluster of someone else: say so before "permission denied" does. */
function refuseForeignOwner(directory: string, who: RunAs): void {
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  const self = process.getuid?.();
  if (owner === undefined || self === undefined || who.uid !== undefined || owner === self) return;
  throw new EmbeddedPostgresError(
    `${directory} belongs to user ${owner}, this server runs as user ${self}. ` +
      `Run it as before, or give the directory to this user (chown -R ${self} ${directory}).`,
  );
}

/** Repairs what copying a backup back does to owner and mode, both of which PostgreSQL insists on. */
function repairOwnership(directory: string, who: RunAs, log: (line: string) => void): void {
  const { uid, mode } = statSync(directory);
  if (who.uid !== undefined && who.uid !== uid) {
    log(`giving ${directory} to user ${who.uid}`);
    giveTo(directory, who);
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) chmodSync(directory, 0o700);
}

/** A rename survives a power cut only once the directory that holds it is on disk. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return; // Cannot open a directory; NTFS journals the rename.
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function run(program: string, args: string[], cwd: string, who: RunAs): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...who,
      cwd,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const fail = (why: string) => reject(new EmbeddedPostgresError(`${program} failed: ${why}`));
    child.on('error', (error) => fail(error.message));
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : fail(`${signal ?? `exit code ${code}`}\n${errors.trim()}`),
    );
  });
}
