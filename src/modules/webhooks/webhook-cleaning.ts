import { Injectable } from '@nestjs/common';
import { DeliveriesRepository } from './deliveries.repository';
import { EVENTS_KEPT_DAYS } from './domain/webhook';

/**
 * Deletes what nobody may ask for any more, in batches that each commit: what they lock, the fan-out
 * and those who record tries wait for. Any number of processes may be at it.
 */
@Injectable()
export class WebhookCleaning {
  constructor(private readonly deliveries: DeliveriesRepository) {}

  /** Events of that age with their deliveries; returns how many. */
  async forgetOldEvents(stopping: AbortSignal): Promise<number> {
    const days = EVENTS_KEPT_DAYS;
    const events = await all(stopping, () => this.deliveries.deleteEventsOlderThan(days));
    return events + (await this.deliveries.deleteUnusedSequences());
  }

  /** Endpoints that their sellers deleted, their log first; returns how many lines and endpoints. */
  async forgetDeleted(stopping: AbortSignal): Promise<number> {
    const lines = await all(stopping, () => this.deliveries.deleteLogsOfDeleted());
    return lines + (await this.deliveries.deleteEmptied());
  }
}

/** Repeats until there is nothing left; returns how many there were. */
async function all(stopping: AbortSignal, batch: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!stopping.aborted) {
    const deleted = await batch();
    if (deleted === 0) break;
    total += deleted;
  }
  return total;
}
