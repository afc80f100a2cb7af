import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import {
  mustVerify,
  SECRET_OVERLAP_HOURS,
  SECRETS_MAX,
  StatusReason,
  WEBHOOKS_PER_APP,
  WEBHOOKS_PER_HOST,
  WEBHOOKS_PER_SELLER,
  WebhookStatus,
} from './domain/webhook';
import type { WebhookEntity } from './entities/webhook.entity';

/** What its owner sees of an endpoint; the rest is the workers' business. */
export type Webhook = Pick<
  WebhookEntity,
  | 'id'
  | 'appId'
  | 'url'
  | 'format'
  | 'events'
  | 'ordering'
  | 'status'
  | 'statusReason'
  | 'failingSince'
  | 'pausedUntil'
  | 'createdAt'
>;

export type NewWebhook = Pick<
  WebhookEntity,
  'id' | 'appId' | 'sellerId' | 'url' | 'host' | 'format' | 'events' | 'ordering'
>;

export type WebhookChanges = Partial<
  Pick<WebhookEntity, 'url' | 'host' | 'format' | 'events' | 'ordering'>
> & {
  /** Off by its seller, or on again and to be verified anew; undefined leaves it. */
  readonly enabled?: boolean;
};

/** A secret under encryption; `expiresAt` is null for the one in force. */
export interface SealedSecret {
  readonly id: string;
  readonly sealed: Buffer;
}

/** An endpoint that is to be verified, as if it had just been made. */
const ANEW = {
  status: 'PENDING',
  statusReason: null,
  pings: 0,
  failingSince: null,
  slowFailures: 0,
  pausedUntil: null,
  leaseOver: true,
  dueAt: 'now',
};

const OF_APP = ['app_id = $1', 'deleted_at IS NULL'];
const SHOWN =
  'id, app_id, url, format, events, ordering, status, status_reason, failing_since, paused_until, created_at';

@Injectable()
export class WebhooksRepository extends Repository {
  /**
   * Waits until no other endpoint of the seller is being made or moved: in a statement of its own,
   * so that the next one counts what the previous holder committed.
   */
  async takeTurn(sellerId: string): Promise<void> {
    await this.rows(`SELECT pg_advisory_xact_lock(hashtextextended('webhooks of ' || $1, 0))`, [
      sellerId,
    ]);
  }

  /** Whether another endpoint fits below every cap. The caller has the seller's turn. */
  async hasRoom({
    appId,
    sellerId,
    host,
  }: Pick<NewWebhook, 'appId' | 'sellerId' | 'host'>): Promise<boolean> {
    const row = await this.one<{ room: boolean }>(
      `SELECT count(*) < ${WEBHOOKS_PER_SELLER}
          AND count(*) FILTER (WHERE app_id = $2) < ${WEBHOOKS_PER_APP}
          AND count(*) FILTER (WHERE host = $3) < ${WEBHOOKS_PER_HOST} AS room
         FROM webhooks WHERE seller_id = $1 AND deleted_at IS NULL`,
      [sellerId, appId, host],
    );
    return row!.room;
  }

  async insert(webhook: NewWebhook): Promise<Webhook> {
    const { id, appId, sellerId, url, host, format, events, ordering } = webhook;
    const row = await this.one<Webhook>(
      `INSERT INTO webhooks (id, app_id, seller_id, url, host, format, events, ordering)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${SHOWN}`,
      [id, appId, sellerId, url, host, format, events, ordering],
    );
    return row!;
  }

  list(appId: string, request: PageRequest): Promise<Page<Webhook>> {
    return this.page({ table: 'webhooks', select: SHOWN, where: OF_APP, values: [appId] }, request);
  }

  find(appId: string, id: string): Promise<Webhook | null> {
    return this.one(
      `SELECT ${SHOWN} FROM webhooks WHERE app_id = $1 AND id = $2 AND deleted_at IS NULL`,
      [appId, id],
    );
  }

  /** Locks the endpoint until the transaction ends; null when the application has none such. */
  lock(appId: string, id: string): Promise<(Webhook & Pick<WebhookEntity, 'host'>) | null> {
    return this.one(
      `SELECT ${SHOWN}, host FROM webhooks
        WHERE app_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE`,
      [appId, id],
    );
  }

  /**
   * Sets what is given on a locked endpoint. One that has another address, or is switched on, must
   * be verified anew: it is due for that as soon as nobody has it in hand. A turn under way says
   * nothing more of it, but keeps its place: else each change would make room for another one.
   */
  async change(before: Webhook, changes: WebhookChanges): Promise<Webhook> {
    const { enabled, ...settings } = changes;
    const moved = settings.url !== undefined;
    const columns = {
      ...settings,
      ...(moved ? { leaseOver: true } : {}),
      ...(enabled === false ? { status: 'DISABLED', statusReason: 'seller' } : {}),
      ...(mustVerify(before, enabled, moved) ? ANEW : {}),
      updatedAt: 'now',
    };
    return this.setColumns('webhooks', before.id, columns, SHOWN);
  }

  /**
   * Hides an endpoint for good and switches it off; null when the application has none such. The row
   * goes when its log has gone, which may be long, and when no worker has it in hand any more.
   */
  delete(appId: string, id: string): Promise<Webhook | null> {
    return this.one(
      `UPDATE webhooks SET deleted_at = now(), status = 'DISABLED', status_reason = 'seller',
              due_at = NULL, lease_over = true
        WHERE app_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING ${SHOWN}`,
      [appId, id],
    );
  }

  /**
   * The ping was answered at that address: events flow there from now on, what waited included. Not
   * when the endpoint has moved meanwhile: nobody vouched for where it is now.
   */
  async activate(id: string, url: string): Promise<void> {
    await this.affected(
      `UPDATE webhooks SET status = 'ACTIVE', status_reason = NULL, pings = 0, due_at = now(), updated_at = now()
        WHERE id = $1 AND url = $2 AND status = 'PENDING'`,
      [id, url],
    );
  }

  /** Switches an endpoint of that status off; null when it has another one by now. */
  disable(
    id: string,
    reason: StatusReason,
    from: WebhookStatus,
  ): Promise<Pick<WebhookEntity, 'id' | 'appId' | 'sellerId' | 'url'> | null> {
    return this.one(
      `UPDATE webhooks SET status = 'DISABLED', status_reason = $2, updated_at = now()
        WHERE id = $1 AND status = $3 RETURNING id, app_id, seller_id, url`,
      [id, reason, from],
    );
  }

  /** Whom to tell about an application: its seller's address, and its name. */
  notice(appId: string): Promise<{ readonly email: string; readonly appName: string } | null> {
    return this.one(
      'SELECT s.email, a.name AS app_name FROM apps a JOIN sellers s ON s.id = a.seller_id WHERE a.id = $1',
      [appId],
    );
  }

  /** Puts a new secret in force; the ones before sign on for a while. */
  async addSecret(webhookId: string, { id, sealed }: SealedSecret): Promise<void> {
    await this.affected(
      `UPDATE webhook_secrets SET expires_at = now() + make_interval(hours => $2)
        WHERE webhook_id = $1 AND expires_at IS NULL`,
      [webhookId, SECRET_OVERLAP_HOURS],
    );
    await this.affected(
      'INSERT INTO webhook_secrets (id, webhook_id, secret_sealed) VALUES ($1, $2, $3)',
      [id, webhookId, sealed],
    );
    await this.affected(
      `DELETE FROM webhook_secrets WHERE webhook_id = $1 AND (expires_at <= now() OR id NOT IN (
         SELECT id FROM webhook_secrets WHERE webhook_id = $1 ORDER BY created_at DESC LIMIT ${SECRETS_MAX}))`,
      [webhookId],
    );
  }

  /** The secrets that sign now, the newest first. */
  secrets(webhookId: string): Promise<SealedSecret[]> {
    return this.rows(
      `SELECT id, secret_sealed AS sealed FROM webhook_secrets
        WHERE webhook_id = $1 AND (expires_at IS NULL OR expires_at > now())
        ORDER BY created_at DESC`,
      [webhookId],
    );
  }
}
