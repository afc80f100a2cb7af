import { Injectable } from '@nestjs/common';
import { nameKey, Origin, SignedInSellerCaller } from '../../kernel';
import { Transactions } from '../../platform/database';
import { Allowance, PlanLimits } from '../plans';
import { SellerErrors } from './domain/sellers.errors';
import { SellerBooks } from './seller-books';
import type { Seller } from './sellers.service';
import { SellersRepository } from './sellers.repository';

/** A seller with everything the account page shows. */
export interface Profile extends Seller, Allowance {
  /** Whether a second factor is in force. */
  readonly twoFactor: boolean;
}

/** What a seller's account looks like, and the plan it is on. */
@Injectable()
export class SellerProfiles {
  constructor(
    private readonly transactions: Transactions,
    private readonly sellers: SellersRepository,
    private readonly plans: PlanLimits,
    private readonly books: SellerBooks,
  ) {}

  async get({ seller: { sellerId } }: SignedInSellerCaller): Promise<Profile> {
    const seller = await this.sellers.findById(sellerId);
    if (!seller) throw SellerErrors.INVALID_CREDENTIALS();
    const twoFactor = seller.totpConfirmedAt !== null;
    return { ...seller, twoFactor, ...(await this.plans.allowance(sellerId)) };
  }

  /**
   * The account with that address, for the operator's tools.
   * @throws SELLER_NOT_FOUND
   */
  async byEmail(email: string): Promise<Seller> {
    const seller = await this.sellers.findByEmail(nameKey(email));
    if (!seller) throw SellerErrors.SELLER_NOT_FOUND();
    return seller;
  }

  /**
   * Puts the seller with that address on a plan; the operator's verb.
   * @throws PLAN_UNKNOWN, SELLER_NOT_FOUND
   */
  async assignPlan(email: string, plan: string, origin: Origin): Promise<void> {
    await this.transactions.run(async () => {
      await this.plans.require(plan);
      const seller = await this.sellers.setPlan(nameKey(email), plan);
      if (!seller) throw SellerErrors.SELLER_NOT_FOUND();
      this.books.record('seller.set-plan', seller.id, origin, { plan }, { kind: 'operator' });
    });
  }
}
