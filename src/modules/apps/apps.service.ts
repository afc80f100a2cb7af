import { Injectable } from '@nestjs/common';
import { Page, PageRequest, ResellerCaller, SellerCaller } from '../../kernel';
import { KeyRing, newId, randomHex } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { NetworkPolicy } from '../../platform/network';
import { AuditAction, AuditTrail, sellerActor } from '../audit';
import { PlanLimits } from '../plans';
import type { AppCounts } from './app-counters';
import { appName, AppSettings, AppStatus } from './domain/app';
import { AppErrors } from './domain/apps.errors';
import { AppsRepository } from './apps.repository';
import type { AppEntity } from './entities/app.entity';

/** An application with its key in the clear, for its owner only. */
export type App = Omit<AppEntity, 'apiKeyHash' | 'apiKeySealed' | 'secretSealed'> & {
  readonly apiKey: string;
};

/**
 * An application whose ownership has been established. Services take this instead of an id, so
 * that forgetting the check does not compile.
 */
export interface OwnedApp {
  readonly id: string;
  readonly sellerId: string;
  readonly keyFormat: string;
  readonly hwidResetCooldownHours: number;
  readonly sessionTtlSeconds: number;
  readonly owned: true;
}

/** A seller's applications. A foreign application and a missing one are the same thing here. */
@Injectable()
export class AppsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly apps: AppsRepository,
    private readonly keys: KeyRing,
    private readonly audit: AuditTrail,
    private readonly plans: PlanLimits,
    private readonly networks: NetworkPolicy,
  ) {}

  /** @throws APP_NOT_FOUND */
  async requireOwned(caller: SellerCaller, appId: string): Promise<OwnedApp> {
    const app = await this.findOwned(caller, appId);
    if (!app) throw AppErrors.APP_NOT_FOUND();
    return app;
  }

  /** The application if it is the caller's, else null. */
  async findOwned(caller: SellerCaller, appId: string): Promise<OwnedApp | null> {
    const app = await this.apps.findOwned(appId, caller.seller.sellerId);
    return app && { ...app, owned: true };
  }

  /**
   * The seller whose application it is, for the operator's tools.
   * @throws APP_NOT_FOUND
   */
  async sellerOf(appId: string): Promise<string> {
    const app = await this.apps.find(appId);
    if (!app) throw AppErrors.APP_NOT_FOUND();
    return app.sellerId;
  }

  /**
   * Keeps the application from being deleted until the caller's transaction ends.
   * @throws APP_NOT_FOUND
   */
  async hold(app: OwnedApp): Promise<void> {
    if (!(await this.apps.hold(app.id, app.sellerId))) throw AppErrors.APP_NOT_FOUND();
  }

  /**
   * The application a signed-in reseller sells for.
   * @throws APP_NOT_FOUND
   */
  async requireForReseller(caller: ResellerCaller): Promise<OwnedApp & { status: AppStatus }> {
    const { appId, sellerId } = caller.reseller;
    const app = await this.apps.findOwned(appId, sellerId);
    if (!app) throw AppErrors.APP_NOT_FOUND();
    return { ...app, owned: true };
  }

  /** The secret is told this once (D-B8). @throws PLAN_LIMIT_REACHED */
  create(caller: SellerCaller, told: string): Promise<App & { readonly secret: string }> {
    const name = appName(told);
    return this.transactions.run(async () => {
      const id = newId();
      const key = this.newApiKey(id);
      const { sellerId } = caller.seller;
      const secret = randomHex(32);
      const secretSealed = this.keys.seal(secret, `secret ${id}`);
      await this.plans.reserve(sellerId, 'apps', 1);
      const app = await this.apps.insert({ id, sellerId, name, secretSealed, ...key });
      this.record('app.create', id, caller, { name });
      return { ...this.withKey(app), secret };
    });
  }

  async list(
    caller: SellerCaller,
    request: PageRequest,
  ): Promise<Page<App & { readonly counts: AppCounts }>> {
    const page = await this.apps.listOwned(caller.seller.sellerId, request);
    const items = page.items.map(({ counts, ...app }) => ({ ...this.withKey(app), counts }));
    return { ...page, items };
  }

  /** @throws APP_NOT_FOUND */
  async get(caller: SellerCaller, appId: string): Promise<App> {
    const app = await this.apps.findOwned(appId, caller.seller.sellerId);
    if (!app) throw AppErrors.APP_NOT_FOUND();
    return this.withKey(app);
  }

  /** @throws APP_NOT_FOUND, VPN_LIST_MISSING */
  update(caller: SellerCaller, appId: string, changes: AppSettings): Promise<App> {
    const { name } = changes;
    const settings = name === undefined ? changes : { ...changes, name: appName(name) };
    return this.transactions.run(async () => {
      const app = await this.apps.update(appId, caller.seller.sellerId, settings);
      if (!app) throw AppErrors.APP_NOT_FOUND();
      if (settings.vpnBlock && !this.networks.configured) throw AppErrors.VPN_LIST_MISSING();
      this.transactions.announce('app', appId);
      this.record('app.update', appId, caller, { settings });
      return this.withKey(app);
    });
  }

  /**
   * Gives the application a new API key. When this resolves, no process accepts the old one.
   * Live sessions stay (D-A4).
   * @throws APP_NOT_FOUND
   */
  regenerateKey(caller: SellerCaller, appId: string): Promise<string> {
    return this.transactions.run(async () => {
      const { apiKey, apiKeyHash, apiKeySealed } = this.newApiKey(appId);
      const { sellerId } = caller.seller;
      if (!(await this.apps.replaceApiKey(appId, sellerId, apiKeyHash, apiKeySealed))) {
        throw AppErrors.APP_NOT_FOUND();
      }
      this.transactions.announce('app', appId);
      this.transactions.settleEverywhere();
      this.record('app.regenerate-key', appId, caller);
      return apiKey;
    });
  }

  /**
   * Deletes the application with everything in it.
   * @throws APP_NOT_FOUND
   */
  async delete(caller: SellerCaller, appId: string): Promise<void> {
    await this.transactions.run(async () => {
      if (!(await this.apps.delete(appId, caller.seller.sellerId))) throw AppErrors.APP_NOT_FOUND();
      this.transactions.announce('app', appId);
      this.record('app.delete', appId, caller);
    });
  }

  private newApiKey(appId: string) {
    const apiKey = `as_${randomHex(16)}`;
    return {
      apiKey,
      apiKeyHash: this.keys.mac('app-api-key', apiKey),
      apiKeySealed: this.keys.seal(apiKey, appId),
    };
  }

  private withKey(entity: AppEntity): App {
    const { apiKeyHash: _hash, apiKeySealed, secretSealed: _secret, ...app } = entity;
    return { ...app, apiKey: this.keys.open(apiKeySealed, app.id) };
  }

  private record(
    action: AuditAction,
    appId: string,
    caller: SellerCaller,
    details?: Readonly<Record<string, unknown>>,
  ): void {
    const { sellerId } = caller.seller;
    this.audit.record({
      sellerId,
      appId,
      actor: sellerActor(caller),
      action,
      target: { kind: 'app', id: appId },
      origin: caller,
      details,
    });
  }
}
