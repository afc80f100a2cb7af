import { Injectable } from '@nestjs/common';
import { nameKey, Page, PageRequest, SellerCaller } from '../../kernel';
import { newId, PasswordHasher } from '../../platform/crypto';
import { Transactions, violatesUnique } from '../../platform/database';
import { sellerActor } from '../audit';
import type { OwnedApp } from '../apps';
import { LicenseResale } from '../licenses';
import { ordered, ResellerStatus, SaleRules } from './domain/reseller';
import { ResellerErrors } from './domain/resellers.errors';
import { ResellerBooks, ResellerIdentity } from './reseller-books';
import { ResellerCredits } from './reseller-credits';
import { Reseller, viewReseller } from './reseller-views';
import { ResellersRepository, TimedReseller } from './resellers.repository';

type Rules = {
  -readonly [K in keyof SaleRules]: SaleRules[K] extends readonly (infer T)[] | null
    ? T[] | null
    : SaleRules[K];
};

export interface NewReseller extends Rules {
  readonly username: string;
  readonly passwordHash: string;
  /** Credits to begin with. */
  readonly balance: number;
  readonly note: string | null;
}

/** Absent is left as it is. */
export interface ResellerChanges extends Partial<Rules> {
  readonly password?: string;
  readonly status?: ResellerStatus;
  readonly note?: string | null;
}

/** A seller's verbs on the resellers of an application. */
@Injectable()
export class ResellersService {
  constructor(
    private readonly transactions: Transactions,
    private readonly resellers: ResellersRepository,
    private readonly credits: ResellerCredits,
    private readonly hasher: PasswordHasher,
    private readonly resale: LicenseResale,
    private readonly books: ResellerBooks,
  ) {}

  /** The hash to create a reseller with. It takes its time, so it is for before the transaction. */
  hashOf(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /** @throws RESELLER_NAME_TAKEN */
  async create(app: OwnedApp, input: NewReseller, caller: SellerCaller): Promise<Reseller> {
    const { username, passwordHash, balance, levels, durations, note } = input;
    const [prices, id, usernameKey] = [ordered(input.prices), newId(), nameKey(username)];
    const who = identity(app, id);
    try {
      return await this.transactions.run(async () => {
        const row = { id, appId: app.id, username, usernameKey, passwordHash };
        const made = await this.resellers.insert({ ...row, prices, levels, durations, note });
        if (balance > 0) await this.topUpLine(who, balance, null, caller);
        const details = { username, balance, prices, levels, durations };
        this.books.bySeller('reseller.create', who, caller, details);
        const ledgerLength = balance > 0 ? 1 : 0;
        return { ...viewReseller(made), balance, ledgerLength };
      });
    } catch (error) {
      if (violatesUnique(error, 'resellers_name')) throw ResellerErrors.RESELLER_NAME_TAKEN();
      throw error;
    }
  }

  async list(app: OwnedApp, request: PageRequest): Promise<Page<Reseller>> {
    const page = await this.resellers.list(app.id, request);
    return { ...page, items: page.items.map(viewReseller) };
  }

  /** @throws RESELLER_NOT_FOUND */
  async get(app: OwnedApp, id: string): Promise<Reseller> {
    const row = await this.resellers.find(app.id, id);
    if (!row) throw ResellerErrors.RESELLER_NOT_FOUND();
    return viewReseller(row);
  }

  /**
   * Changes a reseller. A new password, or a suspension, makes every token worthless.
   * @throws RESELLER_NOT_FOUND
   */
  async change(
    app: OwnedApp,
    id: string,
    changes: ResellerChanges,
    caller: SellerCaller,
  ): Promise<Reseller> {
    const { password, prices, ...others } = changes;
    const passwordHash = password === undefined ? undefined : await this.hasher.hash(password);
    return this.onReseller(app, id, async (reseller, who) => {
      const endsTokens = password !== undefined || others.status === 'SUSPENDED';
      const changed = await this.resellers.update(id, {
        ...others,
        passwordHash,
        prices: prices && ordered(prices),
        tokenEpoch: endsTokens ? reseller.tokenEpoch + 1 : undefined,
      });
      const passwordChanged = password !== undefined;
      this.books.bySeller('reseller.change', who, caller, { prices, ...others, passwordChanged });
      return viewReseller(changed);
    });
  }

  /**
   * Deletes the reseller. Their keys stay, as the seller's own; their ledger stays on record.
   * @throws RESELLER_NOT_FOUND
   */
  async delete(app: OwnedApp, id: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      await this.get(app, id);
      // Licences before the reseller: the order in which a refund locks them.
      const keys = await this.resale.release(id);
      const { username, balance } = await this.lock(app, id);
      await this.resellers.delete(id);
      const details = { username, balance: Number(balance), keys };
      this.books.bySeller('reseller.delete', identity(app, id), caller, details);
    });
  }

  /**
   * Adds credits.
   * @throws RESELLER_NOT_FOUND, RESELLER_BALANCE_LIMIT
   */
  topUp(
    app: OwnedApp,
    id: string,
    amount: number,
    note: string | null,
    caller: SellerCaller,
  ): Promise<Reseller> {
    return this.onReseller(app, id, async (reseller, who) => {
      const line = await this.topUpLine(who, amount, note, caller);
      const { balanceAfter: balance, position: ledgerLength } = line;
      this.books.bySeller('reseller.topup', who, caller, { amount, balance });
      return { ...viewReseller(reseller), balance, ledgerLength };
    });
  }

  /**
   * Makes every token of the reseller worthless at once.
   * @throws RESELLER_NOT_FOUND
   */
  signOut(app: OwnedApp, id: string, caller: SellerCaller): Promise<Reseller> {
    return this.onReseller(app, id, async ({ tokenEpoch }, who) => {
      const changed = await this.resellers.update(id, { tokenEpoch: tokenEpoch + 1 });
      this.books.bySeller('reseller.sign-out', who, caller);
      return viewReseller(changed);
    });
  }

  private onReseller<T>(
    app: OwnedApp,
    id: string,
    use: (reseller: TimedReseller, who: ResellerIdentity) => Promise<T>,
  ): Promise<T> {
    return this.transactions.run(async () => use(await this.lock(app, id), identity(app, id)));
  }

  private async lock(app: OwnedApp, id: string): Promise<TimedReseller> {
    const reseller = await this.resellers.lock(app.id, id);
    if (!reseller) throw ResellerErrors.RESELLER_NOT_FOUND();
    return reseller;
  }

  private topUpLine(
    who: ResellerIdentity,
    amount: number,
    note: string | null,
    caller: SellerCaller,
  ) {
    return this.credits.add(who, sellerActor(caller), { kind: 'TOPUP', amount, note });
  }
}

function identity(app: OwnedApp, resellerId: string): ResellerIdentity {
  return { resellerId, appId: app.id, sellerId: app.sellerId };
}
