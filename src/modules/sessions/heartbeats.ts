import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  OnApplicationBootstrap,
} from '@nestjs/common';
import { LOGGER, Logger } from '../../platform/logging';
import { SessionsRepository } from './sessions.repository';

const WRITE_EVERY_MS = 5_000;
const BATCH = 1_000;

/**
 * Heartbeats, gathered in memory and written in batches. A process that is killed loses at most
 * the last seconds of them: a session then seems to have been silent that much longer, which only
 * its time to live (a day by default) ever asks about.
 */
@Injectable()
export class Heartbeats implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pending = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly sessions: SessionsRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), WRITE_EVERY_MS);
    this.timer.unref();
  }

  /** Before the database connection goes. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.flush();
  }

  /** Notes that the session was seen at `seenAtMs` (database time, Unix milliseconds). */
  beat(sessionId: string, seenAtMs: number): void {
    this.pending.set(sessionId, seenAtMs);
  }

  /** Writes what is pending. What cannot be written now is kept for the next time. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    while (this.pending.size > 0) {
      const batch = [...this.pending].slice(0, BATCH);
      for (const [id] of batch) this.pending.delete(id);
      try {
        await this.sessions.touch(batch.map(([id, ms]) => ({ id, seenAt: new Date(ms) })));
      } catch (error) {
        for (const [id, ms] of batch) if (!this.pending.has(id)) this.pending.set(id, ms);
        this.logger.warn({ err: error }, 'heartbeats could not be written, keeping them');
        return;
      }
    }
  }
}
