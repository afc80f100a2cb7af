import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database';
import type { StatusReason } from './domain/webhook';
import { WebhookBooks } from './webhook-books';
import { WebhooksRepository } from './webhooks.repository';

/** Switches endpoints off that nobody can deliver to. */
@Injectable()
export class WebhookSwitch {
  constructor(
    private readonly transactions: Transactions,
    private readonly webhooks: WebhooksRepository,
    private readonly books: WebhookBooks,
  ) {}

  /** Switches an endpoint off and tells its owner, once: not again when it is off already. */
  async off(webhookId: string, reason: StatusReason): Promise<void> {
    await this.transactions.run(async () => {
      const webhook = await this.webhooks.disable(webhookId, reason);
      if (!webhook) return;
      this.books.switchedOff(webhook, reason, await this.webhooks.notice(webhook.appId));
    });
  }
}
