// eslint-disable-next-line house/crypto -- the database must run before anything can be injected
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { canReach, giveTo, type RunAs } from './run-as';

/** Where the server listens. It outlives a restart of the server, so a connection string stays good. */
export interface Endpoint {
  readonly url: string;
  /** Flags for `postgres`. */
  readonly flags: readonly string[];
  /** Set when the server listens on a unix socket. */
  readonly socketDir?: string;
  /** Removes what the endpoint left on disk; call it when the server is gone. */
  close(): void;
}

const USER = 'app';
const PORT = 5432;
const SOCKET_DIR_PREFIX = 'latchkey-pg-';

/** Unix socket; on Windows, where the socket's folder would guard nothing, a local port with a password. */
export async function openEndpoint(dataDir: string, who: RunAs): Promise<Endpoint> {
  return process.platform === 'win32' ? openPort(dataDir) : openSocket(who);
}

/** `initdb` flags that make a new cluster let in whom the endpoint lets through. */
export function authenticationFlags(dataDir: string): string[] {
  if (process.platform !== 'win32') return ['--auth=trust'];
  const file = passwordFileIn(dataDir);
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return ['--auth=scram-sha-256', `--pwfile=${file}`];
}

/**
 * Whoever gets to the socket is let in, so its directory is the lock on the door: mode 0700, owned by the server's
 * user. It is not in DATA_DIR because a socket's path may have 103 bytes at most.
 */
function openSocket(who: RunAs): Endpoint {
  const parent = socketParents().find((path) => path.length < 70 && canReach(path, who)) ?? '/tmp';
  const socketDir = mkdtempSync(join(parent, SOCKET_DIR_PREFIX));
  chmodSync(socketDir, 0o700);
  giveTo(socketDir, who);
  return {
    // pg and libpq take the host of the query; the one before it makes this a well-formed URL.
    url: `postgres://${USER}@localhost:${PORT}/postgres?host=${encodeURIComponent(socketDir)}`,
    flags: ['-c', 'listen_addresses=', '-k', socketDir, '-p', String(PORT)],
    socketDir,
    close: () => removeSocketDir(socketDir),
  };
}

/** Removes the socket directory a killed server left behind. Takes any path, touches only what can be such a one. */
export function removeSocketDir(path: string): void {
  const ours = basename(path).startsWith(SOCKET_DIR_PREFIX);
  if (!ours || !socketParents().includes(dirname(path))) return;
  for (const file of [`.s.PGSQL.${PORT}`, `.s.PGSQL.${PORT}.lock`]) {
    rmSync(join(path, file), { force: true });
  }
  try {
    rmdirSync(path);
  } catch {
    // Gone already, or it holds something that is not ours: then it stays.
  }
}

function socketParents(): string[] {
  return [realpathSync(tmpdir()), '/tmp'];
}

async function openPort(dataDir: string): Promise<Endpoint> {
  const port = await freePort();
  const password = encodeURIComponent(readFileSync(passwordFileIn(dataDir), 'utf8').trim());
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`,
    flags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-p', `${port}`],
    close: () => undefined,
  };
}

function passwordFileIn(dataDir: string): string {
  return join(dataDir, 'postgres.password');
}

/** Asks the system for a port; another program could take it before PostgreSQL does, then the start fails and says so. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
