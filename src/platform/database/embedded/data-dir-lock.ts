import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirInUseError } from './errors';
import { inspectProcess } from './processes';

/** The right to be the only server on a data directory. */
export interface DataDirLock {
  /** Gives the directory free; idempotent. */
  release(): void;
}

/** One run of one process, as written into the lock file. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string | undefined;
  /** Names the run in file names; never the same for two runs. */
  readonly key: string;
}

let serial = 0;

/**
 * Takes `<dataDir>/latchkey.lock`, or throws `DataDirInUseError` when a live process holds it. A lock whose process is
 * dead, or whose pid now belongs to another process, is taken over.
 *
 * The file appears complete and at once (`link` of a written file), so no reader ever sees half of it. Pids mean nothing
 * across containers: two containers on one volume are not kept apart by this lock (nor by PostgreSQL's own).
 */
export function takeDataDirLock(dataDir: string): DataDirLock {
  const path = join(dataDir, 'latchkey.lock');
  const self = currentProcess();
  const mine = `${path}.${self.pid}-${++serial}.tmp`;
  writeFileSync(mine, JSON.stringify({ pid: self.pid, startedAt: self.startedAt }) + '\n');
  try {
    // Each round ends in the lock, in a refusal, or because another process moved meanwhile.
    for (let round = 0; round < 100; round++) {
      if (linkIfAbsent(mine, path) || takeOver(dataDir, path, mine)) {
        return { release: () => release(path, self) };
      }
    }
    throw new DataDirInUseError(dataDir, readHolder(path)?.pid ?? self.pid);
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Replaces the lock of a dead holder. False: someone else moved first, look again.
 *
 * "Unlink the stale lock, then make mine" would let a slow second taker unlink the first one's fresh lock. So the right
 * to succeed a dead holder X is itself a file, `….after-X`, which only one process can make; if that one dies as well,
 * the right to succeed *it* is the next file. Guards are removed only after the lock was replaced, hence whoever makes a
 * guard later finds another holder in the lock than X, and steps back.
 */
function takeOver(dataDir: string, path: string, mine: string): boolean {
  const found = readHolder(path);
  if (!found) return false;
  const guards: string[] = [];
  for (let dead = found; ;) {
    if (isRunning(dead)) throw new DataDirInUseError(dataDir, dead.pid);
    const guard = `${path}.after-${dead.key}`;
    if (linkIfAbsent(mine, guard)) {
      guards.push(guard);
      break;
    }
    const successor = readHolder(guard);
    if (!successor) return false;
    guards.push(guard);
    dead = successor;
  }
  const own = guards.at(-1)!;
  if (readHolder(path)?.key !== found.key) {
    rmSync(own, { force: true });
    return false;
  }
  renameSync(mine, path);
  for (const guard of guards) rmSync(guard, { force: true });
  return true;
}

function release(path: string, self: Holder): void {
  // Someone may have deleted the file by hand, and another server may hold a new one since.
  if (readHolder(path)?.key === self.key) rmSync(path, { force: true });
}

function currentProcess(): Holder {
  const startedAt = inspectProcess(process.pid)?.startedAt;
  return { pid: process.pid, startedAt, key: keyOf(process.pid, startedAt) };
}

function keyOf(pid: number, startedAt: string | undefined): string {
  return `${pid}-${startedAt ?? 'unknown'}`;
}

function isRunning(holder: Holder): boolean {
  const found = inspectProcess(holder.pid);
  if (!found) return false;
  // Without a start time the pid alone must do: refusing wrongly is repaired by hand, two servers are not.
  if (found.startedAt === undefined || holder.startedAt === undefined) return true;
  return found.startedAt === holder.startedAt;
}

function linkIfAbsent(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  let text: string;
  let torn: string;
  try {
    text = readFileSync(path, 'utf8');
    const { ino, mtimeMs } = statSync(path);
    torn = `torn-${ino}-${mtimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<Holder>;
    if (Number.isInteger(pid)) return { pid: pid!, startedAt, key: keyOf(pid!, startedAt) };
  } catch {
    // Falls through: only a power cut leaves a lock without its content, so its process is dead.
  }
  return { pid: 0, startedAt: undefined, key: torn };
}
