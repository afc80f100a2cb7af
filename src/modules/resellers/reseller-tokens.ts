import { Injectable } from '@nestjs/common';
import { DAY_SECONDS, Origin, ResellerCaller, ResellerPrincipal } from '../../kernel';
import { JwtTokens } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { ResellerErrors } from './domain/resellers.errors';
import { ResellerBooks } from './reseller-books';
import { ResellersRepository, TimedReseller } from './resellers.repository';

/** A token lives this long [seed 000, «valid for 24 hours»]. */
const TOKEN_TTL_SECONDS = DAY_SECONDS;

/** The claims of a reseller's token. */
export interface ResellerClaims {
  /** Reseller. */
  readonly sub: string;
  /** The reseller's epoch when it was issued; a later one makes it worthless. */
  readonly epoch: number;
}

/** The tokens that stand for signed-in resellers, and how they end before their time. */
@Injectable()
export class ResellerTokens {
  constructor(
    private readonly transactions: Transactions,
    private readonly resellers: ResellersRepository,
    private readonly tokens: JwtTokens,
    private readonly books: ResellerBooks,
  ) {}

  /**
   * A token for a reseller who just proved who they are, inside the caller's transaction; null for
   * one who is suspended. Both stay on record.
   */
  open(reseller: TimedReseller, sellerId: string, origin: Origin): string | null {
    const { id: resellerId, appId, tokenEpoch: epoch, now, status } = reseller;
    const who = { resellerId, appId, sellerId };
    if (status !== 'ACTIVE') {
      const outcome = ResellerErrors.RESELLER_SUSPENDED.code;
      this.books.byReseller('reseller.login', who, origin, { outcome });
      return null;
    }
    this.transactions.defer(
      (bind) =>
        `UPDATE resellers SET last_login_at = now(), last_ip = ${bind(origin.ip)} WHERE id = ${bind(resellerId)}`,
    );
    this.books.byReseller('reseller.login', who, origin);
    const claims: ResellerClaims = { sub: resellerId, epoch };
    const life = { issuedAt: now, ttlSeconds: TOKEN_TTL_SECONDS };
    return this.tokens.issue('latchkey:reseller', claims, life);
  }

  /**
   * The reseller behind verified claims; null when the token is worthless by now.
   * @throws RESELLER_APP_PAUSED
   */
  async authenticate({ sub, epoch }: ResellerClaims): Promise<ResellerPrincipal | null> {
    const found = await this.resellers.findPrincipal(sub, epoch);
    if (!found) return null;
    const { resellerId, appId, sellerId, appStatus } = found;
    if (appStatus !== 'ACTIVE') throw ResellerErrors.RESELLER_APP_PAUSED();
    return { kind: 'reseller', resellerId, appId, sellerId };
  }

  /** Ends every token of the reseller, on all their devices. */
  async logout(caller: ResellerCaller): Promise<void> {
    const { appId, resellerId } = caller.reseller;
    await this.transactions.run(async () => {
      const reseller = await this.resellers.lock(appId, resellerId);
      if (!reseller) return;
      await this.resellers.update(resellerId, { tokenEpoch: reseller.tokenEpoch + 1 });
      this.books.byReseller('reseller.logout', ResellerBooks.identity(caller), caller);
    });
  }
}
