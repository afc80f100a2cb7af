import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database';
import { Breaker, isSlow } from './domain/breaker';
import { judge } from './domain/delivery';
import type { StatusReason, WebhookStatus } from './domain/webhook';
import { Lane, LanesRepository } from './lanes.repository';
import { WebhookBooks } from './webhook-books';
import type { Pinged } from './webhook-ping';
import { WebhooksRepository } from './webhooks.repository';

/** Switches endpoints off that nobody can deliver to, or whom nobody vouches for. */
@Injectable()
export class WebhookSwitch {
  constructor(
    private readonly transactions: Transactions,
    private readonly webhooks: WebhooksRepository,
    private readonly lanes: LanesRepository,
    private readonly books: WebhookBooks,
  ) {}

  /** Switches an endpoint off and tells its owner, once: not again when it is off already. */
  async off(webhookId: string, reason: StatusReason): Promise<void> {
    await this.transactions.run(() => this.disable(webhookId, reason, 'ACTIVE'));
  }

  /**
   * A test ping was in vain: gives the endpoint back, due again on the schedule of deliveries. With
   * the last one of that it is switched off. False when it was no longer this worker's to verify.
   */
  async unverified(lane: Lane, pinged: Pinged): Promise<boolean> {
    const { statusCode: status, durationMs } = pinged;
    // Whoever is pinged may not ask for another time than that of the schedule.
    const verdict = judge(lane.pings, Infinity, { status, failure: null, retryAfterSeconds: null });
    const breaker = new Breaker(lane.slowFailures);
    breaker.note({ slow: isSlow({ failure: null, durationMs }), delivered: false });
    return this.transactions.run(async () => {
      const ours = await this.lanes.unverified(lane, { ...verdict, slowFailures: breaker.count });
      if (ours && verdict.status === 'FAILED') {
        await this.disable(lane.id, 'unverified', 'PENDING');
      }
      return ours;
    });
  }

  private async disable(id: string, reason: StatusReason, from: WebhookStatus): Promise<void> {
    const webhook = await this.webhooks.disable(id, reason, from);
    if (!webhook) return;
    this.books.switchedOff(webhook, reason, await this.webhooks.notice(webhook.appId));
  }
}
