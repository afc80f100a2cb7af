import { Injectable } from '@nestjs/common';
import type { Page, PageRequest, SellerCaller } from '../../kernel';
import { newId } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { isDiscordUrl } from '../../platform/outbound';
import { OutboxBell } from '../../platform/outbox';
import { Ordering, shownAddress, WebhookFormat } from './domain/webhook';
import { WebhookErrors } from './domain/webhooks.errors';
import { WebhookAdmission } from './webhook-admission';
import { Scope, WebhookBooks } from './webhook-books';
import { WebhookSender } from './webhook-sender';
import { Webhook as Row, WebhooksRepository } from './webhooks.repository';

/** An endpoint as its owner sees it. */
export type Webhook = Row & {
  /** Verifies the `v1a` signatures of the application's messages. */
  readonly publicKey: string;
};

/** An endpoint with its secret, which is told this once. */
export type WebhookWithSecret = Webhook & { readonly secret: string };

export interface NewWebhook {
  readonly url: string;
  /** Names of events, or `*`. */
  readonly events: readonly string[];
  /** By the address when absent: Discord's own gets messages for Discord. */
  readonly format?: WebhookFormat;
  readonly ordering?: Ordering;
}

export type WebhookSettings = Partial<NewWebhook> & {
  /** Off, or on again; then it must be verified anew. */
  readonly enabled?: boolean;
};

/** A seller's verbs on the endpoints of an application. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly transactions: Transactions,
    private readonly webhooks: WebhooksRepository,
    private readonly admission: WebhookAdmission,
    private readonly sender: WebhookSender,
    private readonly books: WebhookBooks,
    private readonly bell: OutboxBell,
  ) {}

  /**
   * What comes before the transaction of a creation or a change: asks where the name in an address
   * leads, and counts the ping that a new address, or switching on, may bring about.
   * @throws INVALID_INPUT for an address that may not be reached, WEBHOOK_PINGED_TOO_OFTEN
   */
  async admit(
    app: Scope,
    { url, enabled }: Pick<WebhookSettings, 'url' | 'enabled'>,
  ): Promise<void> {
    if (url === undefined && enabled !== true) return;
    if (url !== undefined) await this.admission.judgeUrl(url);
    await this.admission.countPing(app.sellerId);
  }

  /**
   * Makes an endpoint, which a worker then pings at once: events flow when that was answered.
   * @throws INVALID_INPUT for an address that is refused as it stands, WEBHOOK_LIMIT
   */
  async create(app: Scope, input: NewWebhook, caller: SellerCaller): Promise<WebhookWithSecret> {
    const host = this.admission.hostOf(input.url);
    const { url, events, ordering = 'none' } = input;
    const format = input.format ?? (isDiscordUrl(url) ? 'discord' : 'envelope');
    return this.transactions.run(async () => {
      const owner = { appId: app.id, sellerId: app.sellerId, host };
      await this.requireRoom(owner);
      const id = newId();
      const row = { id, ...owner, url, format, ordering, events: [...events] };
      const made = await this.webhooks.insert(row);
      const secret = await this.newSecret(id);
      this.bell.ringAfterCommit();
      this.books.record('webhook.create', app, made, caller, { events, format, ordering });
      return { ...this.shown(made), secret };
    });
  }

  async list(app: Scope, request: PageRequest): Promise<Page<Webhook>> {
    const page = await this.webhooks.list(app.id, request);
    return { ...page, items: page.items.map((row) => this.shown(row)) };
  }

  /** @throws WEBHOOK_NOT_FOUND */
  async require(app: Scope, id: string): Promise<Webhook> {
    return this.shown(found(await this.webhooks.find(app.id, id)));
  }

  /**
   * Sets what is given. Another address, and switching on, need a new verification; until then
   * nothing is sent, but what waits stays. What its seller switched off stays off elsewhere.
   * @throws WEBHOOK_NOT_FOUND, INVALID_INPUT, WEBHOOK_LIMIT
   */
  async change(
    app: Scope,
    id: string,
    settings: WebhookSettings,
    caller: SellerCaller,
  ): Promise<Webhook> {
    const { url, events, ...rest } = settings;
    const host = url === undefined ? undefined : this.admission.hostOf(url);
    return this.transactions.run(async () => {
      if (host !== undefined) await this.webhooks.takeTurn(app.sellerId);
      const before = found(await this.webhooks.lock(app.id, id));
      if (host !== undefined && host !== before.host) {
        await this.requireRoom({ appId: app.id, sellerId: app.sellerId, host });
      }
      const moved = url !== undefined && url !== before.url ? { url, host } : {};
      const changes = { ...rest, ...moved, ...(events ? { events: [...events] } : {}) };
      const changed = await this.webhooks.change(before, changes);
      this.transactions.announce('webhook', id);
      this.bell.ringAfterCommit();
      const told = url === undefined ? settings : { ...settings, url: shownAddress(url) };
      this.books.record('webhook.change', app, changed, caller, { settings: told });
      return this.shown(changed);
    });
  }

  /** Deletes the endpoint with its log. @throws WEBHOOK_NOT_FOUND */
  async remove(app: Scope, id: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const removed = found(await this.webhooks.delete(app.id, id));
      this.transactions.announce('webhook', id);
      this.books.record('webhook.delete', app, removed, caller);
    });
  }

  /**
   * Puts a new secret in force. The one before signs along for 24 hours, so that receivers can
   * change over without losing a message.
   * @throws WEBHOOK_NOT_FOUND
   */
  rotateSecret(app: Scope, id: string, caller: SellerCaller): Promise<WebhookWithSecret> {
    return this.transactions.run(async () => {
      const webhook = found(await this.webhooks.lock(app.id, id));
      const secret = await this.newSecret(id);
      this.books.record('webhook.rotate-secret', app, webhook, caller);
      return { ...this.shown(webhook), secret };
    });
  }

  private async newSecret(webhookId: string): Promise<string> {
    const { secret, sealed } = this.sender.newSecret(webhookId);
    await this.webhooks.addSecret(webhookId, { id: newId(), sealed });
    return secret;
  }

  private async requireRoom(owner: {
    readonly appId: string;
    readonly sellerId: string;
    readonly host: string;
  }): Promise<void> {
    await this.webhooks.takeTurn(owner.sellerId);
    if (!(await this.webhooks.hasRoom(owner))) throw WebhookErrors.WEBHOOK_LIMIT();
  }

  private shown({ id, appId, url, format, events, ordering, ...rest }: Row): Webhook {
    const { status, statusReason, failingSince, pausedUntil, createdAt } = rest;
    const state = { status, statusReason, failingSince, pausedUntil, createdAt };
    const publicKey = this.sender.publicKey(appId);
    return { id, appId, url, format, events, ordering, ...state, publicKey };
  }
}

function found<T>(webhook: T | null): T {
  if (!webhook) throw WebhookErrors.WEBHOOK_NOT_FOUND();
  return webhook;
}
