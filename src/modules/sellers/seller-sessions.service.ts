import { Injectable } from '@nestjs/common';
import type {
  Origin,
  Page,
  PageRequest,
  SellerPrincipal,
  SignedInSellerCaller,
  SignedInSellerPrincipal,
} from '../../kernel';
import { newId, randomSecret } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { AuditAction, AuditTrail } from '../audit';
import { judgeRefresh } from './domain/refresh';
import { SellerErrors } from './domain/sellers.errors';
import type { SellerSessionEntity } from './entities/seller-session.entity';
import { SellerNotices } from './seller-notices';
import { LiveSignIn, SellerSessionsRepository } from './seller-sessions.repository';
import { SellerTokens, TokenPair } from './seller-tokens';
import { SellersRepository } from './sellers.repository';

/** The claims of a seller's access token. */
export interface SellerClaims {
  /** Seller. */
  readonly sub: string;
  /** The sign-in behind it. */
  readonly sid: string;
}

/** Sign-ins of sellers and the tokens that stand for them (D-A16). */
@Injectable()
export class SellerSessions {
  constructor(
    private readonly transactions: Transactions,
    private readonly sessions: SellerSessionsRepository,
    private readonly sellers: SellersRepository,
    private readonly tokens: SellerTokens,
    private readonly notices: SellerNotices,
    private readonly audit: AuditTrail,
  ) {}

  /** Opens a sign-in inside the caller's transaction. */
  async open(sellerId: string, origin: Origin): Promise<TokenPair> {
    const { ip, userAgent } = origin;
    const session = await this.sessions.insert(
      { id: newId(), sellerId, secret: randomSecret(32), ip, userAgent },
      this.tokens.signInTtlSeconds,
    );
    return this.tokens.pair(session);
  }

  /**
   * Exchanges a refresh token for its successor. Late reuse of a spent token ends the sign-in and
   * every token that descends from it.
   * @throws INVALID_REFRESH_TOKEN
   */
  async refresh(token: string, origin: Origin): Promise<TokenPair> {
    const parts = this.tokens.refresh.parse(token);
    if (!parts) throw SellerErrors.INVALID_REFRESH_TOKEN();
    const pair = await this.transactions.run(async () => {
      const session = await this.sessions.lock(parts.sessionId);
      if (!session || !this.tokens.refresh.isGenuine(parts, session.secret)) return null;
      const decision = judgeRefresh({ now: session.now, presented: parts.generation, session });
      if (decision === 'dead') return null;
      if (decision === 'reuse') return this.revokeFamily(session, parts.generation, origin);
      if (decision === 'repeat') return this.tokens.pair(session);
      this.record('seller.refresh', session, origin);
      return this.tokens.pair(await this.sessions.rotate(session.id, this.tokens.signInTtlSeconds));
    });
    // Thrown here, after the commit: the revocation of a family must not be rolled back.
    if (!pair) throw SellerErrors.INVALID_REFRESH_TOKEN();
    return pair;
  }

  /** The seller behind verified claims, or null when the sign-in has ended. */
  async authenticate(claims: SellerClaims): Promise<SellerPrincipal | null> {
    const live = await this.sessions.isLive(claims.sid, claims.sub);
    return live
      ? { kind: 'seller', sellerId: claims.sub, sessionId: claims.sid, token: null }
      : null;
  }

  async logout(seller: SignedInSellerPrincipal, origin: Origin): Promise<void> {
    await this.transactions.run(async () => {
      await this.sessions.end(seller.sessionId, 'logout');
      this.record('seller.logout', { id: seller.sessionId, sellerId: seller.sellerId }, origin);
    });
  }

  /** Ends the seller's other sign-ins inside the caller's transaction; returns how many. */
  endOthers(seller: SignedInSellerPrincipal, reason: string): Promise<number> {
    return this.sessions.endOthers(seller.sellerId, seller.sessionId, reason);
  }

  /** Ends all of a seller's sign-ins inside the caller's transaction; returns how many. */
  endAll(sellerId: string, reason: string): Promise<number> {
    return this.sessions.endAll(sellerId, reason);
  }

  /** The live sign-ins of the caller. */
  list(caller: SignedInSellerCaller, request: PageRequest): Promise<Page<LiveSignIn>> {
    return this.sessions.listLive(caller.seller.sellerId, request);
  }

  /**
   * Ends one of the caller's sign-ins, the present one included.
   * @throws SIGN_IN_NOT_FOUND
   */
  async endOne(id: string, caller: SignedInSellerCaller): Promise<void> {
    const { sellerId } = caller.seller;
    await this.transactions.run(async () => {
      const ended = await this.sessions.endOwned(sellerId, id, 'ended by the seller');
      if (!ended) throw SellerErrors.SIGN_IN_NOT_FOUND();
      this.record('seller.end-sign-in', { id, sellerId }, caller);
    });
  }

  private async revokeFamily(
    session: SellerSessionEntity,
    presented: number,
    origin: Origin,
  ): Promise<null> {
    await this.sessions.end(session.id, 'refresh token reuse');
    const seller = await this.sellers.findById(session.sellerId);
    if (seller) this.notices.refreshTokenReused(seller, origin);
    this.audit.record({
      sellerId: session.sellerId,
      actor: { kind: 'seller', id: session.sellerId },
      action: 'seller.refresh-token-reuse',
      target: { kind: 'seller-session', id: session.id },
      origin,
      outcome: SellerErrors.INVALID_REFRESH_TOKEN.code,
      severity: 'critical',
      details: { presented, current: session.generation },
    });
    return null;
  }

  private record(
    action: AuditAction,
    session: Pick<SellerSessionEntity, 'id' | 'sellerId'>,
    origin: Origin,
  ): void {
    const { id, sellerId } = session;
    const actor = { kind: 'seller', id: sellerId } as const;
    this.audit.record({ sellerId, actor, action, target: { kind: 'seller-session', id }, origin });
  }
}
