import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  OnApplicationBootstrap,
} from '@nestjs/common';
import type { Config } from '../../config';
import { CONFIG } from '../config-token';
import { Repository, Transactions } from '../database';
import { LOGGER, Logger } from '../logging';

export interface BackgroundJob {
  readonly name: string;
  readonly everySeconds: number;
  /**
   * Set where a round waits for something outside the database: it then runs outside any
   * transaction, in every process at once, and takes what it works on row by row.
   */
  readonly outsideTransaction?: true;
  /** Set where what it does may be overdue when the process starts: its first round is at once. */
  readonly atStart?: true;
  /** Set where rounds are so many that what they did is worth no line in the log. */
  readonly quiet?: true;
  /**
   * Does one round, inside a transaction unless said otherwise; returns how many things it dealt
   * with. A long round ends early once `stopping` is aborted.
   */
  run(stopping: AbortSignal): Promise<number>;
}

/** Says «mine» to one process at a time. */
@Injectable()
export class JobLocks extends Repository {
  /** Takes the job's lock until the transaction ends; false when another process has it. */
  async tryTake(name: string): Promise<boolean> {
    const row = await this.one<{ taken: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken',
      [`latchkey job ${name}`],
    );
    return row!.taken;
  }

  /** Waits for it instead: for work that is not a round of the job, and not skipped. */
  async take(name: string): Promise<void> {
    await this.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `latchkey job ${name}`,
    ]);
  }
}

/**
 * Work that no request waits for. Any number of processes run it; for each job an advisory lock
 * lets one of them do a round while the others skip theirs.
 */
@Injectable()
export class BackgroundJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: BackgroundJob[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private readonly busy = new Set<BackgroundJob>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly transactions: Transactions,
    private readonly locks: JobLocks,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Modules add their jobs while the application is put together. */
  add(job: BackgroundJob): void {
    this.jobs.push(job);
  }

  onApplicationBootstrap(): void {
    if (!this.config.BACKGROUND_JOBS) return;
    for (const job of this.jobs) {
      if (job.atStart) void this.round(job);
      const timer = setInterval(() => void this.round(job), job.everySeconds * 1_000);
      timer.unref();
      this.timers.push(timer);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.timers.forEach(clearInterval);
    this.stopping.abort();
    await Promise.allSettled(this.running);
  }

  /**
   * One round of a job, unless this process is at it already (or any, where the round is a
   * transaction); returns how many things it dealt with.
   */
  async round(job: BackgroundJob): Promise<number> {
    if (this.busy.has(job)) return 0;
    this.busy.add(job);
    const work = this.start(job);
    this.running.add(work);
    try {
      const count = await work;
      if (count > 0)
        this.logger[job.quiet ? 'debug' : 'info']({ job: job.name, count }, 'background job');
      return count;
    } catch (error) {
      this.logger.warn({ job: job.name, err: error }, 'background job failed, will run again');
      return 0;
    } finally {
      this.running.delete(work);
      this.busy.delete(job);
    }
  }

  private start(job: BackgroundJob): Promise<number> {
    const { signal } = this.stopping;
    if (job.outsideTransaction) return job.run(signal);
    return this.transactions.run(async () =>
      (await this.locks.tryTake(job.name)) ? job.run(signal) : 0,
    );
  }
}
