import { lchownSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The user the server programs run as: empty for "as ourselves", else to spread into spawn's options. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root; these give up root's rights, the best one first. */
const UNPRIVILEGED = ['postgres', '_postgres', 'nobody'];

/**
 * Whom to run as. Only root has a choice to make: the owner of an existing cluster (the machine may have got a
 * `postgres` user since that cluster was made), else `postgres`, else `nobody`.
 */
export function chooseRunAs(clusterDir: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const cluster = statSync(clusterDir, { throwIfNoEntry: false });
  if (cluster && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of UNPRIVILEGED) {
    const user = users.find(([login]) => login === name);
    // macOS writes nobody as -2.
    if (user) return { uid: Number(user[2]) >>> 0, gid: Number(user[3]) >>> 0 };
  }
  return { uid: 65534, gid: 65534 };
}

/** May this user walk to the path and enter it (or run it, if it is a file)? Ourselves: always. */
export function canReach(path: string, who: RunAs): boolean {
  if (who.uid === undefined) return true;
  for (let at = realpathSync(path); ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const bit = uid === who.uid ? 0o100 : gid === who.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** Hands a path, and all that is in it, to the user. The path itself last: an interrupted run is seen and repeated. */
export function giveTo(path: string, who: RunAs): void {
  if (who.uid === undefined || who.gid === undefined) return;
  if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
      lchownSync(join(path, entry), who.uid, who.gid);
    }
  }
  lchownSync(path, who.uid, who.gid);
}
