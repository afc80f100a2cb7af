import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import { newId } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { WebhookErrors } from './domain/webhooks.errors';
import { WebhookAdmission } from './webhook-admission';
import { Scope, WebhookBooks } from './webhook-books';
import { Destination, messageId, TEST_EVENT, WebhookSender } from './webhook-sender';
import { WebhooksRepository } from './webhooks.repository';

/** What a test ping shows: status and timing, never what was answered (W-09). */
export interface Pinged {
  /** 0 when no answer came. */
  readonly statusCode: number;
  /** Whether the status is one of success. */
  readonly ok: boolean;
  readonly durationMs: number;
}

/**
 * The test ping (D-A18): signed and guarded like every delivery. An answer of 2xx proves that
 * somebody there wants to hear from this server, and only then events flow (S-23).
 */
@Injectable()
export class WebhookPing {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly sender: WebhookSender,
    private readonly admission: WebhookAdmission,
    private readonly clock: DatabaseClock,
    private readonly transactions: Transactions,
    private readonly books: WebhookBooks,
  ) {}

  /**
   * Sends a ping that the owner asked for and waits for its answer; nobody but the target decides
   * how long, within the limits of every delivery.
   * @throws WEBHOOK_NOT_FOUND, WEBHOOK_PINGED_TOO_OFTEN
   */
  async test(app: Scope, webhookId: string, caller: SellerCaller): Promise<Pinged> {
    const webhook = await this.webhooks.find(app.id, webhookId);
    if (!webhook) throw WebhookErrors.WEBHOOK_NOT_FOUND();
    await this.admission.countPing(app.sellerId);
    const secrets = (await this.webhooks.secrets(webhookId)).map(({ sealed }) => sealed);
    const pinged = await this.ping({ ...webhook, secrets });
    await this.transactions.run(async () => {
      const { statusCode } = pinged;
      this.books.record('webhook.test', app, webhook, caller, { statusCode });
    });
    return pinged;
  }

  /** Sends a ping, now and outside any transaction; one that waits to be verified may become active. */
  async ping(to: Destination, signal?: AbortSignal): Promise<Pinged> {
    const { id: webhookId, appId, url } = to;
    const { status, durationMs } = await this.sender.send(
      to,
      {
        id: messageId(newId()),
        type: TEST_EVENT,
        appId,
        sequence: null,
        occurredAt: new Date(this.clock.nowMs()),
        data: { webhookId, appId },
      },
      signal,
    );
    const ok = status >= 200 && status < 300;
    if (ok) await this.webhooks.activate(webhookId, url);
    return { statusCode: status, ok, durationMs };
  }
}
