import { Inject, Injectable } from '@nestjs/common';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { LOGGER, Logger } from '../../platform/logging';
import { ENDPOINT_CONCURRENCY } from './domain/webhook';
import { Lane, LanesRepository } from './lanes.repository';
import { WebhookLane } from './webhook-lane';

/** Endpoints that one process serves at once. */
const LANES = 64;
/** Of these, at most so many that lately did not answer in time: they never take all places. */
const SUSPECT_LANES = 32;
/** Milliseconds after which a worker that has something in hand looks for more. */
const LOOK_EVERY_MS = 1_000;
const GATHER_MS = 5;

/** Delivers what is due, at many endpoints at once. Any number of processes may be at it. */
@Injectable()
export class WebhookWorker {
  /** Endpoints that are being served. */
  readonly inHand = new Set<Lane>();
  private wakeUp: () => void = () => undefined;

  constructor(
    private readonly transactions: Transactions,
    private readonly lanes: LanesRepository,
    private readonly lane: WebhookLane,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Makes a worker that is under way look again now. */
  wake(): void {
    this.wakeUp();
  }

  /** Works until nothing is due any more, at no endpoint; tells at how many it was. */
  async work(stopping: AbortSignal): Promise<number> {
    // Every request under way listens.
    setMaxListeners(LANES * ENDPOINT_CONCURRENCY, stopping);
    const turns = new Set<Promise<void>>();
    let served = 0;
    while (!stopping.aborted) {
      const woken = this.nextWake(stopping);
      const claimed = await this.claim().catch((error: unknown) => {
        if (turns.size === 0) throw error;
        // What is in hand goes on, and so does the rest: it is tried again soon.
        this.logger.warn({ err: error }, 'claim of webhooks failed');
        return [];
      });
      served += claimed.length;
      for (const lane of claimed) {
        this.inHand.add(lane);
        const turn = this.lane
          .serve(lane, stopping)
          .catch((error: unknown) => {
            this.logger.warn({ webhookId: lane.id, err: error }, 'webhook turn failed');
          })
          .finally(() => {
            this.inHand.delete(lane);
            turns.delete(turn);
            this.wakeUp();
          });
        turns.add(turn);
      }
      if (turns.size === 0) break;
      await woken;
      // Turns that end together make room together.
      await delay(GATHER_MS);
    }
    await Promise.all(turns);
    return served;
  }

  /** Takes as many endpoints as there are places left, never more of one host or seller than is fair. */
  async claim(): Promise<Lane[]> {
    const lanes = LANES - this.inHand.size;
    if (lanes <= 0) return [];
    const served = [...this.inHand].filter(({ slowFailures }) => slowFailures > 0).length;
    const suspects = Math.max(0, SUSPECT_LANES - served);
    return this.transactions.run(async () => {
      await this.lanes.takeTurn();
      return this.lanes.claim(newId(), { lanes, suspects });
    });
  }

  /** Resolves when somebody wakes this worker, a turn ends, or it is time to look again. */
  private nextWake(stopping: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopping.aborted) this.wakeUp();
    });
  }
}
