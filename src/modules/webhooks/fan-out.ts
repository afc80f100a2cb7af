import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database';
import { FanOutRepository } from './fan-out.repository';

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
      const done = await this.transactions.run(async () =>
        (await this.events.tryTurn()) ? this.events.fanOut(BATCH, null) : null,
      );
      deliveries += done?.deliveries ?? 0;
      if (!done || done.events < BATCH) break;
    }
    return deliveries;
  }

  /**
   * Takes up what waits of one application, as far as a batch goes, whoever else is at it. Everybody
   * waits for the turn, so it is taken only when something waits, and given back with this commit.
   */
  async ofApp(appId: string): Promise<void> {
    if (!(await this.events.waits(appId))) return;
    await this.transactions.run(async () => {
      await this.events.takeTurn();
      await this.events.fanOut(BATCH, appId);
    });
  }
}
