import { Injectable } from '@nestjs/common';
import type { Page, PageRequest, SellerCaller } from '../../kernel';
import { Transactions } from '../../platform/database';
import { OutboxBell } from '../../platform/outbox';
import { DeliveriesRepository, Delivery, EventPlace } from './deliveries.repository';
import type { DeliveryStatus } from './domain/delivery';
import { REPLAY_MAX } from './domain/webhook';
import { WebhookErrors } from './domain/webhooks.errors';
import { FanOut } from './fan-out';
import { Scope, WebhookBooks } from './webhook-books';
import { Webhook, WebhooksRepository } from './webhooks.repository';

export interface Replayed {
  /** Deliveries that were queued. */
  readonly queued: number;
  /** Whether there may be more. */
  readonly more: boolean;
  /** From when to go on if there is more. */
  readonly next: Date | null;
}

/** From when, and whether what was received counts as well. */
export interface ReplayOrder {
  readonly since: Date;
  readonly delivered: boolean;
}

/** What a replay is to take up. */
export type FoundMissed = ReplayOrder & {
  readonly events: readonly string[];
  readonly next: Date | null;
};

/** Statements that look for what was missed, in one call. */
const LOOKS_MAX = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** What was sent to an endpoint, and sending it again. */
@Injectable()
export class WebhookLog {
  constructor(
    private readonly transactions: Transactions,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly books: WebhookBooks,
    private readonly bell: OutboxBell,
    private readonly fanOut: FanOut,
  ) {}

  /** @throws WEBHOOK_NOT_FOUND */
  async list(
    app: Scope,
    webhookId: string,
    status: DeliveryStatus | undefined,
    request: PageRequest,
  ): Promise<Page<Delivery>> {
    await this.require(app, webhookId);
    return this.deliveries.list(webhookId, status, request);
  }

  /**
   * Takes a delivery up again, from the first try; it keeps its id.
   * @throws WEBHOOK_NOT_FOUND, DELIVERY_NOT_FOUND
   */
  replay(
    app: Scope,
    webhookId: string,
    deliveryId: string,
    caller: SellerCaller,
  ): Promise<Delivery> {
    return this.transactions.run(async () => {
      const webhook = await this.require(app, webhookId);
      const delivery = await this.deliveries.replay(webhookId, deliveryId);
      if (!delivery) throw WebhookErrors.DELIVERY_NOT_FOUND();
      this.bell.ringAfterCommit();
      this.books.record('webhook.replay', app, webhook, caller, { deliveryId });
      return delivery;
    });
  }

  /**
   * Finds what the endpoint has not received since an instant: what was given up, and what happened
   * while it was off or did not exist. With `delivered`, also what it has received. It may take
   * seconds and hands out the numbers that all wait for, so it is for before the transaction.
   * @throws WEBHOOK_NOT_FOUND
   */
  async findMissed(app: Scope, webhookId: string, order: ReplayOrder): Promise<FoundMissed> {
    const webhook = await this.require(app, webhookId);
    // What happened a moment ago may not have its number yet.
    await this.fanOut.ofApp(app.id);
    const events: string[] = [];
    let place: EventPlace = { at: `${order.since.getTime() * 1_000}`, id: FIRST_ID };
    for (let looks = 0; looks < LOOKS_MAX && events.length < REPLAY_MAX; looks++) {
      const room = REPLAY_MAX - events.length;
      const missed = await this.deliveries.missed(webhook, place, order.delivered, room);
      if (!missed) return { ...order, events, next: null };
      events.push(...missed.events);
      place = missed;
    }
    return { ...order, events, next: new Date(Number(place.at) / 1_000) };
  }

  /**
   * Takes up what was found, but for what was taken up since.
   * @throws WEBHOOK_NOT_FOUND
   */
  replayMissed(
    app: Scope,
    webhookId: string,
    { since, delivered, events, next }: FoundMissed,
    caller: SellerCaller,
  ): Promise<Replayed> {
    return this.transactions.run(async () => {
      const webhook = await this.require(app, webhookId);
      const queued = await this.deliveries.replayAll(webhookId, events, delivered);
      this.bell.ringAfterCommit();
      this.books.record('webhook.replay-since', app, webhook, caller, { since, delivered, queued });
      return { queued, more: next !== null, next };
    });
  }

  private async require(app: Scope, id: string): Promise<Webhook> {
    const webhook = await this.webhooks.find(app.id, id);
    if (!webhook) throw WebhookErrors.WEBHOOK_NOT_FOUND();
    return webhook;
  }
}
