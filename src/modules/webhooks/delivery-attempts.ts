import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../platform/clock';
import { DeliveryRecorder } from './delivery-recorder';
import { isSlow } from './domain/breaker';
import { judge, retryAfterSeconds, Verdict } from './domain/delivery';
import type { DueDelivery, Lane } from './lanes.repository';
import { messageId, WebhookSender } from './webhook-sender';

/** What came of a try, for the turn at its endpoint. */
export type AttemptVerdict = Verdict & {
  /** Whether it took long: such tries are what the breaker is for. */
  readonly slow: boolean;
};

/** One try of one delivery, from its body to its record. */
@Injectable()
export class DeliveryAttempts {
  constructor(
    private readonly sender: WebhookSender,
    private readonly recorder: DeliveryRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Sends a delivery and records what came of it. Null when the process stops meanwhile: then
   * nothing is on record, and it is tried again by whoever comes next.
   */
  async attempt(
    lane: Lane,
    delivery: DueDelivery,
    stopping: AbortSignal,
  ): Promise<AttemptVerdict | null> {
    const { id, attempts: before, ageSeconds, type, data, occurredAt } = delivery;
    const message = {
      id: messageId(delivery.eventId),
      type,
      appId: lane.appId,
      sequence: Number(delivery.sequence),
      occurredAt,
      data,
    };
    const result = await this.sender.send(lane, message, stopping);
    const { status: statusCode, failure, durationMs, body: response } = result;
    if (failure === 'stopped') return null;
    const verdict = judge(before, ageSeconds, {
      status: statusCode,
      failure,
      retryAfterSeconds: retryAfterSeconds(result.retryAfter, response, this.clock.nowMs()),
    });
    const { status, attempts, delaySeconds, jitter } = verdict;
    const next = { status, attempts, delaySeconds, jitter };
    await this.recorder.record({ id, before, ...next, statusCode, failure, durationMs, response });
    return { ...verdict, slow: isSlow(result) };
  }
}
