import { Injectable } from '@nestjs/common';
import { ChangeFeed, DatabaseHost, Repository, Transactions } from '../database';

/** Rings that come within this time are one. */
const TOGETHER_MS = 20;

/**
 * Tells the workers of every process that there is something to do. It rings after the commit, on
 * a connection of its own and for many commits at once: a NOTIFY inside the transaction would make
 * all commits of the database wait for each other. A ring that is lost costs a second: workers look
 * by themselves that often.
 */
@Injectable()
export class OutboxBell extends Repository {
  private soon: NodeJS.Timeout | null = null;
  private readonly ring = (): void => {
    this.soon ??= setTimeout(() => void this.notify(), TOGETHER_MS).unref();
  };

  constructor(
    host: DatabaseHost,
    private readonly transactions: Transactions,
    private readonly changes: ChangeFeed,
  ) {
    super(host);
  }

  /** Rings once the open transaction has committed; not at all if it does not. */
  ringAfterCommit(): void {
    this.transactions.afterCommit(this.ring);
  }

  /** `listener` is called soon after something was committed, by whatever process. */
  onRing(listener: () => void): void {
    this.changes.subscribe((topic) => {
      if (topic === 'outbox') listener();
    });
  }

  private async notify(): Promise<void> {
    this.soon = null;
    await this.rows(`SELECT pg_notify('${ChangeFeed.CHANNEL}', 'outbox:')`).catch(() => undefined);
  }
}
