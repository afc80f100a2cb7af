import { Inject, Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { isUnavailable } from '../../platform/database';
import { LOGGER, Logger } from '../../platform/logging';
import { AttemptRow, AttemptsRepository } from './attempts.repository';

const WRITE_EVERY_MS = 250;
const BATCH = 500;
/** What waits at most while the database does not take it; the newest are then left out. */
const WAITING_MAX = 10_000;

/**
 * Refused attempts on their way to the log. A refusal must not cost a transaction, or refusing would
 * be a way to keep the database busy, and must not take longer for what is known than for what is
 * not. A process that is killed loses the last quarter of a second of them.
 */
@Injectable()
export class AttemptQueue implements OnApplicationBootstrap, OnApplicationShutdown {
  private waiting: AttemptRow[] = [];
  private left = 0;
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly attempts: AttemptsRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), WRITE_EVERY_MS);
    this.timer.unref();
  }

  /** When the last request is answered, and before the database connection goes. */
  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.flush();
  }

  add(row: AttemptRow): void {
    if (this.waiting.length < WAITING_MAX) this.waiting.push(row);
    else this.left++;
  }

  /** Writes what waits. What cannot be written now is kept for the next time. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        await this.attempts.insert(batch);
      } catch (error) {
        if (isUnavailable(error)) {
          this.waiting = [...batch, ...this.waiting].slice(0, WAITING_MAX);
          this.logger.warn({ err: error }, 'refused attempts could not be written, keeping them');
          return;
        }
        await this.writeEach(batch);
      }
    }
    if (this.left > 0) this.logger.warn({ count: this.left }, 'refused attempts were left out');
    this.left = 0;
  }

  /** One that the database does not take must not hold up those behind it for ever. */
  private async writeEach(rows: readonly AttemptRow[]): Promise<void> {
    for (const row of rows) {
      await this.attempts.insert([row]).catch((error: unknown) => {
        // Gone in between: not the row's fault.
        if (isUnavailable(error)) return this.add(row);
        this.left++;
        this.logger.warn({ err: error }, 'a refused attempt could not be written');
      });
    }
  }
}
