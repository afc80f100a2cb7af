import { Injectable } from '@nestjs/common';
import { parseUuid } from '../../kernel';
import { KeyRing } from '../../platform/crypto';
import { ChangeFeed } from '../../platform/database';
import { appName } from './domain/app';
import { AppsRepository } from './apps.repository';
import type { AppEntity } from './entities/app.entity';

/** An application as its clients meet it. */
export type ClientApp = Readonly<
  Pick<
    AppEntity,
    | 'id'
    | 'sellerId'
    | 'name'
    | 'version'
    | 'status'
    | 'updateUrl'
    | 'hwidLock'
    | 'hashCheck'
    | 'hashes'
    | 'hwidResetCooldownHours'
    | 'sessionTtlSeconds'
    | 'vpnBlock'
    | 'sharingThreshold'
    | 'enforceVersion'
    | 'fileResponseMode'
  >
>;

const MAX_REMEMBERED = 10_000;

/**
 * Establishes the application behind `appId` and `apiKey`. Remembered per process while the change
 * feed vouches for it, so that a heartbeat costs no query.
 */
@Injectable()
export class ClientApps {
  private readonly byKey = new Map<string, ClientApp>();

  constructor(
    private readonly apps: AppsRepository,
    private readonly keys: KeyRing,
    private readonly changes: ChangeFeed,
  ) {
    changes.subscribe((topic, id) => {
      if (topic === 'everything') this.byKey.clear();
      if (topic !== 'app') return;
      for (const [key, app] of this.byKey) if (app.id === id) this.byKey.delete(key);
    });
  }

  /** The application if it can be told without a query. */
  remembered(appId: string, apiKey: string): ClientApp | null {
    if (!this.changes.isTrusted()) return null;
    const app = this.byKey.get(apiKey);
    return app && app.id === parseUuid(appId) ? app : null;
  }

  /** The application if both credentials are right, else null. */
  async authenticate(appId: string, apiKey: string): Promise<ClientApp | null> {
    const known = this.remembered(appId, apiKey);
    if (known) return known;
    const app = await this.authenticateKey(apiKey);
    return app && app.id === parseUuid(appId) ? app : null;
  }

  /** The application whose key it is, or null: on wires that send no `appId` (D-B2). */
  async authenticateKey(apiKey: string): Promise<ClientApp | null> {
    const known = this.changes.isTrusted() ? this.byKey.get(apiKey) : undefined;
    if (known) return known;
    const mark = this.changes.mark();
    const app = await this.apps.findByApiKey(this.keys.mac('app-api-key', apiKey));
    if (!app) return null;
    // Changed while it was read: what was read may be old already, so it is used but not kept.
    if (!this.changes.changedSince(mark, [`app:${app.id}`])) this.remember(apiKey, app);
    return app;
  }

  /**
   * The applications of a seller with that name, the oldest first: for clients that name their
   * product instead of showing an application's key.
   */
  named(sellerId: string, name: string): Promise<ClientApp[]> {
    return this.apps.findNamed(sellerId, appName(name));
  }

  /** The applications of a seller, the oldest hundred: for what concerns all of them. */
  ofSeller(sellerId: string): Promise<ClientApp[]> {
    return this.apps.findOfSeller(sellerId);
  }

  /** The application of that id, or null: where something else than its key named it. */
  find(appId: string): Promise<ClientApp | null> {
    return this.apps.find(appId);
  }

  private remember(apiKey: string, app: ClientApp): void {
    if (this.byKey.size >= MAX_REMEMBERED) this.byKey.clear();
    this.byKey.set(apiKey, app);
  }
}
