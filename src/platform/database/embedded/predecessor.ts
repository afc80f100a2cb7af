import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster';
import { removeSocketDir } from './endpoint';
import { DataDirInUseError, EmbeddedPostgresError } from './errors';
import { inspectProcess, waitUntilGone, type ProcessInfo } from './processes';

/** The first lines of `postmaster.pid`. */
export interface PidFile {
  readonly pid: number;
  readonly socketDir: string;
  readonly status: string;
}

const OWNER = /latchkey\.owner=(\d+)/;

/** Marks a server as started by us, and by whom; readable in its command line on every system. */
export function ownerFlags(cluster: Cluster): string[] {
  return ['-c', `latchkey.owner=${process.pid}`, '-c', `latchkey.cluster=${cluster.directory}`];
}

/** Reads the file a running or crashed server leaves in its cluster. */
export function readPidFile(directory: string): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const [pid, , , , socketDir = '', , , status = ''] = lines.map((line) => line.trim());
  return Number(pid) > 0 ? { pid: Number(pid), socketDir, status } : undefined;
}

/**
 * Stops the server that a killed process of ours left behind on this cluster, and tidies up after it. Throws when the
 * server there is not an orphan. The caller holds the lock of the data directory.
 *
 * Answers the pid in `postmaster.pid`, if that file is still there: it then names no server any more, see
 * `PG_GRANDPARENT_PID` in postmaster.ts.
 */
export async function clearPredecessor(
  cluster: Cluster,
  currentSocketDir: string | undefined,
  log: (line: string) => void,
): Promise<number | undefined> {
  const file = readPidFile(cluster.directory);
  if (!file) return undefined;
  const found = inspectProcess(file.pid);
  if (found && isServerOf(found, cluster)) {
    refuseUnlessOrphan(found, cluster);
    log(`stopping PostgreSQL ${found.pid}, left behind by a server that was killed`);
    await stopOrphan(found.pid);
  }
  if (file.socketDir && file.socketDir !== currentSocketDir) removeSocketDir(file.socketDir);
  return readPidFile(cluster.directory)?.pid;
}

/** The pid may belong to anything by now; a server is known by its mark or by standing in the cluster's directory. */
function isServerOf(found: ProcessInfo, cluster: Cluster): boolean {
  const isServer = OWNER.test(found.commandLine) || /^\S*postgres\b/.test(found.commandLine);
  if (!isServer) return false;
  if (found.commandLine.includes(cluster.directory)) return true;
  try {
    const there = statSync(`/proc/${found.pid}/cwd`);
    const here = statSync(cluster.directory);
    return there.ino === here.ino && there.dev === here.dev;
  } catch {
    return false;
  }
}

function refuseUnlessOrphan(found: ProcessInfo, cluster: Cluster): void {
  const owner = Number(OWNER.exec(found.commandLine)?.[1] ?? NaN);
  if (Number.isNaN(owner)) {
    throw new DataDirInUseError(
      cluster.dataDir,
      found.pid,
      'It is a PostgreSQL server that was started by hand: stop it first.',
    );
  }
  // A process whose parent dies gets another parent, so an unchanged parent is alive. Windows keeps the dead one's pid.
  const alive =
    process.platform === 'win32' ? inspectProcess(owner) !== undefined : found.parent === owner;
  if (alive) throw new DataDirInUseError(cluster.dataDir, owner);
}

async function stopOrphan(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    if (await waitUntilGone(pid, patience)) return;
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL ${pid}, left behind by a killed server, does not stop`,
  );
}
