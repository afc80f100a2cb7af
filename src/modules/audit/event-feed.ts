import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { ChangeFeed } from '../../platform/database';
import { AuditRecord, AuditRepository, RecordFilter } from './audit.repository';
import { AuditErrors } from './domain/audit.errors';

/** Live feeds of one seller in one process. */
const FEEDS_MAX = 5;
const BATCH = 100;
/** So long nothing is said; then whether the caller may still listen is asked again. */
const QUIET_MS = 5_000;

/** What a feed follows and for how long. */
export interface Following {
  readonly sellerId: string;
  readonly filter: RecordFilter;
  /** The last event that is known; null begins with what comes from now on. */
  readonly after: number | null;
  /** Whether whoever listens may still; asked before anything is told. */
  readonly mayListen: () => Promise<boolean>;
  /** Ends the feed. */
  readonly signal: AbortSignal;
}

/**
 * The record as it grows, live. Processes are told of new leaves by the change feed; a feed that was
 * not told looks by itself every few seconds.
 */
@Injectable()
export class EventFeed implements BeforeApplicationShutdown {
  private readonly open = new Map<string, Set<Waiter>>();

  constructor(
    private readonly records: AuditRepository,
    changes: ChangeFeed,
  ) {
    changes.subscribe((topic, id) => {
      if (topic === 'audit') for (const waiter of this.open.get(id) ?? []) waiter.wake();
    });
  }

  beforeApplicationShutdown(): void {
    for (const waiters of this.open.values()) for (const waiter of waiters) waiter.end();
  }

  /**
   * Batches of events as they come, in order and none twice; an empty one every few seconds in
   * which there were none. Ends when whoever listens may no longer. The next batch is read only
   * when it is asked for, so a slow listener costs no memory.
   * @throws EVENT_STREAMS_FULL at once
   */
  follow(following: Following): AsyncGenerator<readonly AuditRecord[]> {
    const { sellerId, signal } = following;
    const waiters = this.open.get(sellerId) ?? new Set();
    if (waiters.size >= FEEDS_MAX) throw AuditErrors.EVENT_STREAMS_FULL({ retryAfterSeconds: 5 });
    const waiter = new Waiter();
    if (signal.aborted) {
      waiter.end();
      return this.batches(following, waiter);
    }
    this.open.set(sellerId, waiters.add(waiter));
    signal.addEventListener(
      'abort',
      () => {
        waiter.end();
        this.close(sellerId, waiter);
      },
      { once: true },
    );
    return this.batches(following, waiter);
  }

  private async *batches(
    { sellerId, filter, after, mayListen }: Following,
    waiter: Waiter,
  ): AsyncGenerator<readonly AuditRecord[]> {
    try {
      const newest = await this.records.lastSeq(sellerId);
      let last = Math.min(after ?? newest, newest);
      while (!waiter.ended && (await mayListen())) {
        waiter.begin();
        const upTo = await this.records.lastSeq(sellerId);
        const batch = await this.records.following(sellerId, { after: last, upTo }, filter, BATCH);
        yield batch;
        const full = batch.length === BATCH;
        last = full ? batch.at(-1)!.seq! : upTo;
        if (!full) await waiter.wait(QUIET_MS);
      }
    } finally {
      this.close(sellerId, waiter);
    }
  }

  private close(sellerId: string, waiter: Waiter): void {
    const waiters = this.open.get(sellerId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.open.delete(sellerId);
  }
}

/** Waits for news without missing what comes while nobody waits. */
class Waiter {
  private news = false;
  private resolve: (() => void) | null = null;
  ended = false;

  /** From here on news count for the next wait. */
  begin(): void {
    this.news = false;
  }

  wake(): void {
    this.news = true;
    this.resolve?.();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  /** Resolves when there are news, or after so many milliseconds without. */
  async wait(ms: number): Promise<void> {
    if (this.news) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.resolve = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.resolve = null;
  }
}
