import { Injectable } from '@nestjs/common';
import { publicId } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import { hmacSha256, KeyRing, randomSecret } from '../../platform/crypto';
import { discordMessage, Outbound, OutboundResult } from '../../platform/outbound';
import { eventDefinition } from '../../platform/outbox';
import {
  COLOURS,
  envelope,
  flatRecord,
  Message,
  shownFields,
  summary,
  Wording,
} from './domain/payload';
import type { WebhookFormat } from './domain/webhook';

/** Where a message goes, and how. */
export interface Destination {
  readonly id: string;
  readonly appId: string;
  readonly url: string;
  readonly format: WebhookFormat;
  /** Under encryption, the newest first. */
  readonly secrets: readonly Buffer[];
}

const SECRET_BYTES = 32;
const USER_AGENT = 'Latchkey-Webhooks/1.0';

/** Puts messages into the form their endpoint takes, signs them (Standard Webhooks) and posts them. */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly outbound: Outbound,
    private readonly keys: KeyRing,
    private readonly clock: DatabaseClock,
  ) {}

  /** A new secret, for its owner once, and as it is stored. */
  newSecret(webhookId: string): { readonly secret: string; readonly sealed: Buffer } {
    const secret = `whsec_${randomSecret(SECRET_BYTES).toString('base64')}`;
    return { secret, sealed: this.keys.seal(secret, context(webhookId)) };
  }

  /** With this key anybody verifies the `v1a` signatures of an application's messages. */
  publicKey(appId: string): string {
    return `whpk_${this.keys.signer(context(appId)).publicKey.toString('base64')}`;
  }

  /** Sends one message once. Never throws. */
  send(to: Destination, message: Message, signal?: AbortSignal): Promise<OutboundResult> {
    const body = JSON.stringify(bodyOf(to.format, message));
    return this.outbound.post({
      url: to.url,
      headers: this.headers(to, message, body),
      body,
      signal,
    });
  }

  /** The headers of one try; its time is that of the try. */
  private headers(to: Destination, message: Message, body: string): Record<string, string> {
    const timestamp = String(Math.floor(this.clock.nowMs() / 1_000));
    const signed = `${message.id}.${timestamp}.${body}`;
    const signatures = to.secrets.map((sealed) => {
      const secret = this.keys.open(sealed, context(to.id)).slice('whsec_'.length);
      return `v1,${hmacSha256(Buffer.from(secret, 'base64'), signed).toString('base64')}`;
    });
    const publicly = this.keys.signer(context(to.appId)).sign(signed).toString('base64');
    return {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': message.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': [...signatures, `v1a,${publicly}`].join(' '),
    };
  }
}

/** The same for every try of a message: receivers may compare. */
function bodyOf(format: WebhookFormat, message: Message): object {
  const wording = wordingOf(message.type);
  if (format === 'envelope') return envelope(message);
  if (format === 'json') return flatRecord(message, wording);
  return discordMessage({
    title: message.type,
    description: summary(message, wording),
    fields: shownFields(message.data),
    footer: message.sequence === null ? message.id : `#${message.sequence} · ${message.id}`,
    timestamp: message.occurredAt.toISOString(),
    color: COLOURS[wording.severity],
  });
}

/** A test ping, and an event of a version that knew more, have no entry in the catalogue. */
function wordingOf(type: string): Wording {
  return (
    eventDefinition(type) ?? { title: type === TEST_EVENT ? 'Test ping' : type, severity: 'info' }
  );
}

/** The event of a test ping (D-A18). */
export const TEST_EVENT = 'webhook.test';

/** The id of an event as receivers see it. */
export function messageId(eventId: string): string {
  return publicId('evt', eventId);
}

function context(id: string): string {
  return `webhook ${id}`;
}
