import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database';
import { FannedOut, FanOutRepository } from './fan-out.repository';

/** Events taken up in one statement. */
const BATCH = 500;

/** Turns events into deliveries: one process at a time, in the order of their commits. */
@Injectable()
export class FanOut {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: FanOutRepository,
  ) {}

  /** Takes up what waits; returns how many deliveries there are to make. */
  async run(stopping: AbortSignal): Promise<number> {
    let deliveries = 0;
    while (!stopping.aborted) {
      const done = await this.round();
      deliveries += done?.deliveries ?? 0;
      if (!done || done.events < BATCH) break;
    }
    return deliveries;
  }

  /** Takes up one batch; null when another process is at it. */
  round(): Promise<FannedOut | null> {
    return this.transactions.run(async () =>
      (await this.events.takeTurn()) ? this.events.fanOut(BATCH) : null,
    );
  }
}
