import { Injectable } from '@nestjs/common';
import type { Page, PageRequest, SellerCaller } from '../../kernel';
import { Transactions } from '../../platform/database';
import { OutboxBell } from '../../platform/outbox';
import { DeliveriesRepository, Delivery } from './deliveries.repository';
import type { DeliveryStatus } from './domain/delivery';
import { REPLAY_MAX } from './domain/webhook';
import { WebhookErrors } from './domain/webhooks.errors';
import { FanOut } from './fan-out';
import { Scope, WebhookBooks } from './webhook-books';
import { Webhook, WebhooksRepository } from './webhooks.repository';

export interface Replayed {
  /** Deliveries that were queued. */
  readonly queued: number;
  /** Whether there may be more: ask again, from a later instant, once these are through. */
  readonly more: boolean;
}

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
   * Takes up what the endpoint has not received since an instant: what was given up, and what
   * happened while it was off or did not exist. With `delivered`, also what it has received.
   * @throws WEBHOOK_NOT_FOUND
   */
  replaySince(
    app: Scope,
    webhookId: string,
    { since, delivered }: { readonly since: Date; readonly delivered: boolean },
    caller: SellerCaller,
  ): Promise<Replayed> {
    return this.transactions.run(async () => {
      const webhook = await this.require(app, webhookId);
      // What happened a moment ago may not have its number yet.
      await this.fanOut.ofApp(app.id);
      const queued = await this.deliveries.replaySince(webhookId, since, delivered);
      this.bell.ringAfterCommit();
      this.books.record('webhook.replay-since', app, webhook, caller, { since, delivered, queued });
      return { queued, more: queued === REPLAY_MAX };
    });
  }

  private async require(app: Scope, id: string): Promise<Webhook> {
    const webhook = await this.webhooks.find(app.id, id);
    if (!webhook) throw WebhookErrors.WEBHOOK_NOT_FOUND();
    return webhook;
  }
}
