import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../platform/clock';
import { newId } from '../../platform/crypto';
import { RateLimiter } from '../../platform/rate-limit';
import { WebhookErrors } from './domain/webhooks.errors';
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

/** Pings that a seller may ask for within a minute, for all endpoints at one host together. */
const PINGS_PER_MINUTE = 30;
const MINUTE_MS = 60_000;

/**
 * The test ping (D-A18): signed and guarded like every delivery. An answer of 2xx proves that
 * somebody there wants to hear from this server, and only then events flow (S-23).
 */
@Injectable()
export class WebhookPing {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly sender: WebhookSender,
    private readonly limiter: RateLimiter,
    private readonly clock: DatabaseClock,
  ) {}

  /** Counts a ping that a seller asks for. @throws WEBHOOK_PINGED_TOO_OFTEN */
  async admit(sellerId: string): Promise<void> {
    const hit = await this.limiter.hit(`webhook-ping:${sellerId}`, PINGS_PER_MINUTE, MINUTE_MS);
    const { allowed, retryAfterSeconds } = hit;
    if (!allowed) throw WebhookErrors.WEBHOOK_PINGED_TOO_OFTEN({ retryAfterSeconds });
  }

  /** Sends a ping, now and outside any transaction; one that waits to be verified may become active. */
  async ping(to: Destination, signal?: AbortSignal): Promise<Pinged> {
    const { id: webhookId, appId } = to;
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
    if (ok) await this.webhooks.activate(webhookId);
    return { statusCode: status, ok, durationMs };
  }
}
