import { Injectable } from '@nestjs/common';
import { publicId, SellerCaller } from '../../kernel';
import { Mailer } from '../../platform/mail';
import { Outbox } from '../../platform/outbox';
import { AuditAction, AuditTrail, sellerActor } from '../audit';
import { shownAddress, StatusReason } from './domain/webhook';

/** The tenant and application a verb acts in, as its caller has established. */
export interface Scope {
  readonly id: string;
  readonly sellerId: string;
}

interface SwitchedOff {
  readonly id: string;
  readonly appId: string;
  readonly sellerId: string;
  readonly url: string;
}

const WHY: Readonly<Record<StatusReason, string>> = {
  seller: 'you switched it off',
  failing: 'no delivery succeeded for five days',
  gone: 'it answered 410 Gone',
  unverified: 'none of its test pings was answered with a status of success',
};

/** What is done to endpoints, for the record, the subscribers and their owner. Secrets stay out, and so do paths. */
@Injectable()
export class WebhookBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
    private readonly mailer: Mailer,
  ) {}

  record(
    action: AuditAction,
    app: Scope,
    webhook: { readonly id: string; readonly url: string },
    caller: SellerCaller,
    details: Readonly<Record<string, unknown>> = {},
  ): void {
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: sellerActor(caller),
      action,
      target: { kind: 'webhook', id: webhook.id },
      origin: caller,
      details: { url: shownAddress(webhook.url), ...details },
    });
  }

  /** The server switched an endpoint off by itself: its owner is told once. */
  switchedOff(
    webhook: SwitchedOff,
    reason: StatusReason,
    owner: { readonly email: string; readonly appName: string } | null,
  ): void {
    const { id, appId, sellerId } = webhook;
    const url = shownAddress(webhook.url);
    this.audit.record({
      sellerId,
      appId,
      actor: { kind: 'system' },
      action: 'webhook.disable',
      target: { kind: 'webhook', id },
      origin: { requestId: 'worker', ip: null, userAgent: null },
      severity: 'warning',
      details: { url, reason },
    });
    const data = { webhookId: id, url, reason, appId };
    this.outbox.emit({ type: 'webhook.disabled', appId, data });
    if (!owner) return;
    this.mailer.enqueue({
      to: owner.email,
      subject: 'A webhook was switched off',
      text: [
        `A webhook of your application «${owner.appName}» was switched off, because ${WHY[reason]}:`,
        '',
        `  ${publicId('wh', id)}  ${url}`,
        '',
        'Events are kept for 30 days. Switch it on again with PATCH and {"enabled": true}; once its',
        'test ping is answered, POST …/replay with {"since": …} sends what it missed.',
        '',
      ].join('\n'),
    });
  }
}
