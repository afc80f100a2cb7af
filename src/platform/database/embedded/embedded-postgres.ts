import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries';
import { prepareCluster } from './cluster';
import { takeDataDirLock, type DataDirLock } from './data-dir-lock';
import { authenticationFlags, openEndpoint } from './endpoint';
import { Postmaster, type StartPlan } from './postmaster';
import { chooseRunAs } from './run-as';
import { ServerLog } from './server-log';

/** What to start, and who hears of it. */
export interface EmbeddedPostgresOptions {
  /** Directory of the server's data (DATA_DIR); the cluster lives in `<dataDir>/postgres`. */
  dataDir: string;
  /** Extra `postgres` command-line flags, e.g. `['-c', 'fsync=off']`. */
  flags?: readonly string[];
  /** Hears what an operator may want to know, one line at a time. */
  log?: (line: string) => void;
}

/** A running PostgreSQL of our own; restarted at the same address when it dies. */
export interface EmbeddedPostgres {
  /** Connection string for `pg`: a unix socket, or on Windows a local port with a password. */
  readonly url: string;
  /** The server's process; another one after a restart. */
  readonly pid: number;
  /** Fast shutdown; waits for the end, removes the socket directory, gives the data directory free. Idempotent. */
  stop(): Promise<void>;
}

const LONGEST_PAUSE_MS = 5_000;
/** A server that ran this long did start well: its death is a new incident, retried at once. */
const STEADY_AFTER_MS = 30_000;
const LOG_CHECK_EVERY_MS = 60_000;

/**
 * Starts the PostgreSQL that comes with the product on `<dataDir>/postgres`, which is created on the first start.
 *
 * Throws `DataDirInUseError` when another live server holds the directory, `IncompatibleClusterError` when another major
 * version made the cluster, `EmbeddedPostgresError` when it cannot run here; nothing is left running then.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const flags = options.flags ?? [];
  // Made by root, the directory must let the server's user through; nobody needs to list it.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  mkdirSync(options.dataDir, { recursive: true, mode });
  const dataDir = realpathSync(options.dataDir);
  const lock = takeDataDirLock(dataDir);
  try {
    const who = chooseRunAs(join(dataDir, 'postgres'));
    const binaries = findBinaries(who, dataDir, log);
    // Who asks for a database that may be lost need not wait for the disk at its making either.
    const unsafe = flags.some((flag) => /^(--)?fsync=off$/.test(flag));
    const initFlags = [...authenticationFlags(dataDir), ...(unsafe ? ['--no-sync'] : [])];
    const cluster = await prepareCluster({ dataDir, binaries, who, initFlags, log });
    const serverLog = new ServerLog(join(dataDir, 'postgres.log'));
    const endpoint = await openEndpoint(dataDir, who);
    const plan = { binaries, cluster, endpoint, who, flags, serverLog, log };
    const server = new SupervisedPostgres(plan, lock);
    await server.start();
    return server;
  } catch (error) {
    lock.release();
    throw error;
  }
}

class SupervisedPostgres implements EmbeddedPostgres {
  readonly url: string;
  private postmaster: Postmaster | undefined;
  private readonly stopRequest = new AbortController();
  private supervision: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private logCheck: NodeJS.Timeout | undefined;
  /** A crash of ours runs no stop(); what can be done at once is done. The lock stays: it is seen to be stale. */
  private readonly onProcessExit = () => {
    this.postmaster?.requestStop();
    this.plan.endpoint.close();
  };

  constructor(
    private readonly plan: StartPlan,
    private readonly lock: DataDirLock,
  ) {
    this.url = plan.endpoint.url;
  }

  get pid(): number {
    return this.postmaster?.pid ?? 0;
  }

  async start(): Promise<void> {
    process.on('exit', this.onProcessExit);
    try {
      await this.launch();
    } catch (error) {
      process.off('exit', this.onProcessExit);
      this.plan.endpoint.close();
      throw error;
    }
    this.supervision = this.supervise();
    this.logCheck = setInterval(() => {
      this.plan.serverLog.bound().catch((error: Error) => this.plan.log(error.message));
    }, LOG_CHECK_EVERY_MS).unref();
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    this.stopRequest.abort();
    clearInterval(this.logCheck);
    // Once for the supervision, which may be waiting for this process to end, and once for the process that a restart
    // may have brought up meanwhile.
    await this.postmaster?.stop();
    await this.supervision;
    await this.postmaster?.stop();
    process.off('exit', this.onProcessExit);
    this.plan.endpoint.close();
    this.lock.release();
  }

  private async launch(): Promise<void> {
    await Postmaster.start(this.plan, this.stopRequest.signal, (postmaster) => {
      this.postmaster = postmaster;
    });
  }

  /** Restarts the server whenever it ends unasked: at once, then after growing pauses while it keeps failing. */
  private async supervise(): Promise<void> {
    const { signal } = this.stopRequest;
    let pause = 0;
    while (!signal.aborted) {
      const since = performance.now();
      const reason = await this.postmaster?.exited;
      if (signal.aborted) return;
      this.plan.log(`PostgreSQL ${this.pid} ended unasked (${reason ?? 'unknown'}); restarting it`);
      if (performance.now() - since > STEADY_AFTER_MS) pause = 0;
      pause = await this.relaunch(pause);
    }
  }

  /** Answers the pause to make before the next try, should the server die again soon. */
  private async relaunch(firstPause: number): Promise<number> {
    const { signal } = this.stopRequest;
    for (let pause = firstPause; ;) {
      try {
        await sleep(pause, undefined, { signal });
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2 || 250);
        await this.launch();
        this.plan.log(`PostgreSQL is back as process ${this.pid}`);
        return pause;
      } catch (error) {
        if (signal.aborted) return pause;
        this.plan.log(`PostgreSQL could not be restarted: ${(error as Error).message}`);
      }
    }
  }
}
