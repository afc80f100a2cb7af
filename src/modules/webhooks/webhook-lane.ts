import { Injectable } from '@nestjs/common';
import { monotonicMs } from '../../platform/clock';
import { Slots } from '../../platform/crypto';
import { ChangeFeed } from '../../platform/database';
import { DeliveryAttempts } from './delivery-attempts';
import type { AttemptVerdict } from './delivery-attempts';
import { Breaker } from './domain/breaker';
import { ENDPOINT_CONCURRENCY } from './domain/webhook';
import { DueDelivery, Lane, LaneEnd, LanesRepository } from './lanes.repository';
import { WebhookPing } from './webhook-ping';
import { WebhookSwitch } from './webhook-switch';

/** Milliseconds after which a busy endpoint lets others have their turn. */
const TURN_MS = 5_000;
/** Deliveries fetched in one statement. */
const FETCH_MAX = 64;
/** Statements of all lanes at once: the pool belongs to the requests as well. */
const DATABASE_SLOTS = 4;

/** How a turn has gone so far. */
class Progress {
  gone = false;
  /** Whether its owner has changed the endpoint: nothing more goes where it was. */
  changed = false;
  private failed: boolean | null = null;
  private recovered = false;
  private pauseSeconds = 0;
  private readonly startedAt = monotonicMs();
  private readonly breaker: Breaker;

  constructor(slowFailures: number) {
    this.breaker = new Breaker(slowFailures);
  }

  note({ status, gone, slow, pauseSeconds }: AttemptVerdict): void {
    const delivered = status === 'DELIVERED';
    this.failed = !delivered;
    this.recovered ||= delivered;
    this.gone ||= gone;
    this.breaker.note({ slow, delivered });
    const rest = Math.max(pauseSeconds, this.breaker.pauseSeconds);
    this.pauseSeconds = Math.max(this.pauseSeconds, rest);
  }

  /** Whether nothing more may be sent in this turn. */
  get over(): boolean {
    const late = monotonicMs() - this.startedAt > TURN_MS;
    return this.gone || this.changed || this.pauseSeconds > 0 || late;
  }

  /** Whether the endpoint is on trial: one request at a time. */
  get careful(): boolean {
    return this.breaker.count > 0;
  }

  get onlyFailed(): boolean {
    return this.failed === true && !this.recovered;
  }

  get end(): LaneEnd {
    const { failed, recovered, pauseSeconds } = this;
    return { slowFailures: this.breaker.count, failed, recovered, pauseSeconds };
  }
}

/** One worker's turn at one endpoint: sends what is due, a few at a time or strictly in order. */
@Injectable()
export class WebhookLane {
  private readonly database = new Slots(DATABASE_SLOTS, Infinity);
  /** The turns under way, by endpoint. */
  private readonly turns = new Map<string, Progress>();

  constructor(
    private readonly lanes: LanesRepository,
    private readonly attempts: DeliveryAttempts,
    private readonly pings: WebhookPing,
    private readonly endpoints: WebhookSwitch,
    changes: ChangeFeed,
  ) {
    changes.subscribe((topic, id) => {
      const turn = topic === 'webhook' ? this.turns.get(id) : undefined;
      if (turn) turn.changed = true;
    });
  }

  /** Ends when nothing is due, the turn is over, or the endpoint must be left alone. */
  async serve(lane: Lane, stopping: AbortSignal): Promise<void> {
    const progress = new Progress(lane.slowFailures);
    this.turns.set(lane.id, progress);
    await this.turn(lane, progress, stopping).finally(() => {
      if (this.turns.get(lane.id) === progress) this.turns.delete(lane.id);
    });
  }

  private async turn(lane: Lane, progress: Progress, stopping: AbortSignal): Promise<void> {
    if (lane.status === 'PENDING') {
      const pinged = await this.pings.ping(lane, stopping);
      // Not released, it is pinged by whoever takes it over.
      if (!pinged.ok && stopping.aborted) return;
      if (!pinged.ok && (await this.endpoints.unverified(lane, pinged))) return;
    } else {
      await this.deliver(lane, progress, stopping).catch(async (error: unknown) => {
        await this.release(lane, progress).catch(() => undefined);
        throw error;
      });
    }
    if (!(await this.release(lane, progress))) return;
    if (progress.gone) await this.endpoints.off(lane.id, 'gone');
    else if (lane.overdue && progress.onlyFailed) await this.endpoints.off(lane.id, 'failing');
  }

  private async deliver(lane: Lane, progress: Progress, stopping: AbortSignal): Promise<void> {
    while (!progress.over && !stopping.aborted) {
      const due = await this.database.run(() => this.lanes.next(lane, FETCH_MAX));
      const all = await this.sendAll(lane, due, progress, stopping);
      if (!all || due.length < FETCH_MAX) return;
    }
  }

  /** Sends what was fetched; false when some of it is left. */
  private async sendAll(
    lane: Lane,
    due: readonly DueDelivery[],
    progress: Progress,
    stopping: AbortSignal,
  ): Promise<boolean> {
    const strict = lane.ordering === 'strict';
    const queue = [...due];
    let blocked = false;
    const sender = async (): Promise<void> => {
      while (!blocked && !progress.over && !stopping.aborted && queue[0]?.due) {
        const verdict = await this.attempts.attempt(lane, queue.shift()!, stopping);
        if (verdict) progress.note(verdict);
        // In order, what follows waits for a try that is to come.
        if (strict && (!verdict || verdict.status === 'PENDING')) blocked = true;
      }
    };
    // Discord counts requests by the second: one after the other comes further.
    const one = strict || lane.format === 'discord' || progress.careful;
    const senders = Array.from({ length: one ? 1 : ENDPOINT_CONCURRENCY }, sender);
    const ended = await Promise.allSettled(senders);
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
    return queue.length === 0;
  }

  private release(lane: Lane, progress: Progress): Promise<boolean> {
    return this.database.run(() => this.lanes.release(lane, progress.end));
  }
}
