import { Injectable } from '@nestjs/common';
import {
  CommonErrors,
  DurationType,
  durationSeconds,
  granted,
  ResellerCaller,
  Verdict,
} from '../../kernel';
import { Transactions } from '../../platform/database';
import { AppsService, OwnedApp } from '../apps';
import { LicenseResale } from '../licenses';
import { judgeOrder, Quote, SaleRefusal } from './domain/reseller';
import { ResellerErrors } from './domain/resellers.errors';
import { ResellerBooks } from './reseller-books';
import { ResellerCredits } from './reseller-credits';
import { SoldKey, viewKey } from './reseller-views';
import { ResellersRepository } from './resellers.repository';

/** Keys that a reseller asks for. */
export interface KeyOrder {
  /** 1 to 50. */
  readonly count: number;
  readonly durationType: DurationType;
  readonly level: number;
  readonly maxDevices: number;
  readonly prefix: string | null;
  readonly note: string | null;
}

export interface Sale {
  readonly keys: readonly SoldKey[];
  /** Credits left after the charge. */
  readonly balance: number;
}

/** Spending credits on keys, and getting them back [seed 000, «Reseller API»]. */
@Injectable()
export class ResellerSales {
  constructor(
    private readonly transactions: Transactions,
    private readonly apps: AppsService,
    private readonly resale: LicenseResale,
    private readonly resellers: ResellersRepository,
    private readonly credits: ResellerCredits,
    private readonly books: ResellerBooks,
  ) {}

  /**
   * Makes keys and charges for them, both or neither. A refusal is a verdict and stays on record.
   * @throws RESELLER_APP_PAUSED, UNAUTHENTICATED
   */
  generate(caller: ResellerCaller, order: KeyOrder): Promise<Verdict<Sale, SaleRefusal>> {
    return this.transactions.run(async () => {
      const who = ResellerBooks.identity(caller);
      const reseller = await this.lockCaller(caller);
      const before = Number(reseller.balance);
      const verdict = judgeOrder(reseller, before, order);
      if (!verdict.granted) {
        const { code: outcome, facts: details } = verdict;
        this.books.byReseller('reseller.generate', who, caller, { outcome, details });
        return verdict;
      }
      const app = await this.runningApp(caller);
      const sale = await this.charge(app, caller, order, verdict.value);
      const { balance } = sale;
      this.books.charged(who, { username: reseller.username, before, balance });
      const { note: _note, ...kept } = order;
      const details = { ...kept, ...verdict.value, balance };
      this.books.byReseller('reseller.generate', who, caller, { details });
      return granted(sale);
    });
  }

  /**
   * Deletes an unused key of the reseller and gives back what was paid for it; the balance then.
   * @throws LICENSE_NOT_FOUND, LICENSE_WRONG_STATUS, RESELLER_APP_PAUSED, UNAUTHENTICATED
   */
  refund(caller: ResellerCaller, licenseId: string): Promise<number> {
    return this.transactions.run(async () => {
      const app = await this.runningApp(caller);
      const who = ResellerBooks.identity(caller);
      // The licence before the reseller: the order in which everybody locks them.
      const license = await this.resale.takeBack(app, licenseId, who.resellerId);
      await this.lockCaller(caller);
      const amount = Number(license.resellerPrice);
      const { balanceAfter } = await this.credits.add(who, actorOf(caller), {
        kind: 'REFUND',
        amount,
        keys: 1,
        unitPrice: amount,
        licenseId,
      });
      const details = { key: license.masked, amount, balance: balanceAfter };
      this.books.byReseller('reseller.refund', who, caller, { licenseId, details });
      return balanceAfter;
    });
  }

  private async charge(
    app: OwnedApp,
    caller: ResellerCaller,
    order: KeyOrder,
    { unitPrice, cost }: Quote,
  ): Promise<Sale> {
    const { count, durationType, ...terms } = order;
    const who = ResellerBooks.identity(caller);
    const { balanceAfter } = await this.credits.spend(who, actorOf(caller), {
      kind: 'GENERATE',
      amount: -cost,
      keys: count,
      unitPrice,
    });
    const made = await this.resale.issue(
      app,
      { ...terms, durationSeconds: durationSeconds(durationType), subscription: null },
      count,
      { resellerId: who.resellerId, price: unitPrice },
    );
    return { keys: made.map(viewKey), balance: balanceAfter };
  }

  private async runningApp(caller: ResellerCaller): Promise<OwnedApp> {
    const app = await this.apps.requireForReseller(caller);
    if (app.status !== 'ACTIVE') throw ResellerErrors.RESELLER_APP_PAUSED();
    return app;
  }

  /** The reseller who calls, locked; they may have been suspended or deleted since they knocked. */
  private async lockCaller({ reseller: { appId, resellerId } }: ResellerCaller) {
    const reseller = await this.resellers.lock(appId, resellerId);
    if (reseller?.status !== 'ACTIVE') throw CommonErrors.UNAUTHENTICATED();
    return reseller;
  }
}

function actorOf({ reseller }: ResellerCaller) {
  return { kind: 'reseller', id: reseller.resellerId } as const;
}
