import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries';
import { serverEnvironment, type Cluster } from './cluster';
import type { Endpoint } from './endpoint';
import { EmbeddedPostgresError } from './errors';
import { clearPredecessor, ownerFlags, readPidFile } from './predecessor';
import type { RunAs } from './run-as';
import type { ServerLog } from './server-log';

/** Everything a start needs to know; the same for the first one and for every restart. */
export interface StartPlan {
  readonly binaries: Binaries;
  readonly cluster: Cluster;
  readonly endpoint: Endpoint;
  readonly who: RunAs;
  readonly flags: readonly string[];
  readonly serverLog: ServerLog;
  readonly log: (line: string) => void;
}

/** How long a server may take without a sign of progress in its log; recovery after a crash reports every 10 s. */
const START_TIMEOUT_MS = 30_000;
const FAST_STOP_TIMEOUT_MS = 60_000;
const QUICK_STOP_TIMEOUT_MS = 10_000;

/** What a predecessor killed a moment ago leaves for a moment: its last children, or a start that overtook ours. */
const TRANSIENT = /pre-existing shared memory block|lock file "[^"]*" already exists/;

/** One running server process (PostgreSQL calls it the postmaster) with its children. */
export class Postmaster {
  readonly pid: number;
  /** Settles when the process has ended, with the reason in words. */
  readonly exited: Promise<string>;
  private ended = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly plan: StartPlan,
  ) {
    this.pid = child.pid ?? 0;
    this.exited = new Promise((resolve) => {
      const end = (reason: string) => {
        this.ended = true;
        resolve(reason);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  /**
   * Starts the server and waits until it accepts connections. `onSpawn` hears of every process the moment it exists.
   * Aborting stops the process and rejects.
   */
  static async start(
    plan: StartPlan,
    signal: AbortSignal,
    onSpawn: (postmaster: Postmaster) => void,
  ): Promise<Postmaster> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const stale = await clearPredecessor(plan.cluster, plan.endpoint.socketDir, plan.log);
      signal.throwIfAborted();
      const logStart = plan.serverLog.size;
      const postmaster = Postmaster.spawn(plan, stale);
      onSpawn(postmaster);
      const problem = await postmaster.waitUntilReady(signal);
      if (problem === undefined) return postmaster;
      signal.throwIfAborted();
      const tail = plan.serverLog.tail(logStart);
      if (!TRANSIENT.test(tail) || performance.now() > deadline) {
        throw new EmbeddedPostgresError(
          `PostgreSQL did not start: ${problem}. End of ${plan.serverLog.path}:\n${tail}`,
        );
      }
      await sleep(100);
    }
  }

  private static spawn(plan: StartPlan, stalePid: number | undefined): Postmaster {
    const { binaries, cluster, endpoint, who, flags, serverLog } = plan;
    const output = serverLog.open();
    // PostgreSQL refuses while the pid in postmaster.pid answers, even if it is a zombie or some other program by now.
    // We know it is no server; naming it as a grandparent (pg_ctl's way) drops that check and keeps the stronger one,
    // which looks for processes still attached to the old server's memory.
    const environment = serverEnvironment(
      stalePid === undefined ? undefined : { PG_GRANDPARENT_PID: String(stalePid) },
    );
    try {
      const child = spawn(
        binaries.path('postgres'),
        // Ours last: the later flag wins, and where the server listens is not for others to change.
        ['-D', cluster.address.dataArgument, ...flags, ...endpoint.flags, ...ownerFlags(cluster)],
        {
          ...who,
          cwd: cluster.address.cwd,
          env: environment,
          stdio: ['ignore', output, output],
          // A process group of its own: Ctrl-C reaches us, and we stop it when the requests have drained.
          detached: true,
          windowsHide: true,
        },
      );
      // A program that forgets to stop the database may still end; the exit hook then stops it.
      child.unref();
      return new Postmaster(child, plan);
    } finally {
      closeSync(output);
    }
  }

  /** Fast shutdown: sessions are cut off, data is written. Waits for the end. */
  async stop(): Promise<void> {
    this.child.ref();
    for (const [signal, patience] of [
      ['SIGINT', FAST_STOP_TIMEOUT_MS],
      ['SIGQUIT', QUICK_STOP_TIMEOUT_MS],
    ] as const) {
      if (!this.ended) this.requestStop(signal);
      if (await this.endsWithin(patience)) return;
    }
    throw new EmbeddedPostgresError(`PostgreSQL ${this.pid} does not stop`);
  }

  /** Asks for a stop and does not wait; all that can be done while the process exits. */
  requestStop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): void {
    if (this.ended) return;
    if (process.platform === 'win32') {
      this.requestStopOnWindows(signal);
    } else {
      this.child.kill(signal);
    }
  }

  /** Windows has no signals: `kill` there is a crash, so the fast shutdown is asked for by pg_ctl. */
  private requestStopOnWindows(signal: 'SIGINT' | 'SIGQUIT'): void {
    const mode = signal === 'SIGINT' ? 'fast' : 'immediate';
    const flags = ['stop', '-D', this.plan.cluster.directory, '-m', mode, '--no-wait'];
    spawn(this.plan.binaries.path('pg_ctl'), flags, {
      stdio: 'ignore',
      detached: true,
      windowsHide: true,
    })
      .on('error', () => this.child.kill())
      .unref();
  }

  /** Undefined when ready, else what went wrong; the process has ended then. */
  private async waitUntilReady(signal: AbortSignal): Promise<string | undefined> {
    const { cluster, serverLog } = this.plan;
    let size = serverLog.size;
    let deadline = performance.now() + START_TIMEOUT_MS;
    while (!this.ended) {
      const file = readPidFile(cluster.directory);
      if (file?.pid === this.pid && file.status === 'ready') return undefined;
      if (serverLog.size !== size) {
        size = serverLog.size;
        deadline = performance.now() + START_TIMEOUT_MS;
      }
      if (signal.aborted || performance.now() > deadline) {
        await this.stop();
        return `not ready, and no sign of progress, after ${START_TIMEOUT_MS / 1000} s`;
      }
      await sleep(5);
    }
    return this.exited;
  }

  private async endsWithin(timeoutMs: number): Promise<boolean> {
    const timeout = new AbortController();
    const late = sleep(timeoutMs, false, { signal: timeout.signal }).catch(() => false);
    const inTime = await Promise.race([this.exited.then(() => true), late]);
    timeout.abort();
    return inTime;
  }
}
