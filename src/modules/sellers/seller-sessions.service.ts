import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import type { Origin, SellerPrincipal, SignedInSellerPrincipal } from '../../kernel';
import { CONFIG } from '../../platform/config-token';
import { JwtTokens, newId, randomSecret } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { AuditTrail } from '../audit';
import { judgeRefresh } from './domain/refresh';
import { SellerErrors } from './domain/sellers.errors';
import type { SellerSessionEntity } from './entities/seller-session.entity';
import { RefreshTokens } from './refresh-tokens';
import { SellerSessionsRepository } from './seller-sessions.repository';

/** The claims of a seller's access token. */
export interface SellerClaims {
  /** Seller. */
  readonly sub: string;
  /** The sign-in behind it. */
  readonly sid: string;
}

export interface TokenPair {
  /** JWT; lives `ACCESS_TOKEN_TTL_SECONDS` and no longer than its sign-in. */
  readonly accessToken: string;
  /** Opaque; spent by its first use. */
  readonly refreshToken: string;
}

/** Sign-ins of sellers and the tokens that stand for them (D-A16). */
@Injectable()
export class SellerSessions {
  constructor(
    private readonly transactions: Transactions,
    private readonly sessions: SellerSessionsRepository,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: JwtTokens,
    private readonly audit: AuditTrail,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Opens a sign-in inside the caller's transaction. */
  async open(sellerId: string, origin: Origin): Promise<TokenPair> {
    const { ip, userAgent } = origin;
    const session = await this.sessions.insert(
      { id: newId(), sellerId, secret: randomSecret(32), ip, userAgent },
      this.config.REFRESH_TOKEN_TTL_SECONDS,
    );
    return this.pair(session);
  }

  /**
   * Exchanges a refresh token for its successor. Late reuse of a spent token ends the sign-in and
   * every token that descends from it.
   * @throws INVALID_REFRESH_TOKEN
   */
  async refresh(token: string, origin: Origin): Promise<TokenPair> {
    const parts = this.refreshTokens.parse(token);
    if (!parts) throw SellerErrors.INVALID_REFRESH_TOKEN();
    const pair = await this.transactions.run(async () => {
      const session = await this.sessions.lock(parts.sessionId);
      if (!session || !this.refreshTokens.isGenuine(parts, session.secret)) return null;
      const decision = judgeRefresh({ now: session.now, presented: parts.generation, session });
      if (decision === 'dead') return null;
      if (decision === 'reuse') return this.revokeFamily(session, parts.generation, origin);
      if (decision === 'repeat') return this.pair(session);
      this.record('seller.refresh', session, origin);
      return this.pair(
        await this.sessions.rotate(session.id, this.config.REFRESH_TOKEN_TTL_SECONDS),
      );
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

  private async revokeFamily(
    session: SellerSessionEntity,
    presented: number,
    origin: Origin,
  ): Promise<null> {
    await this.sessions.end(session.id, 'refresh token reuse');
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
    action: string,
    session: Pick<SellerSessionEntity, 'id' | 'sellerId'>,
    origin: Origin,
  ): void {
    const { id, sellerId } = session;
    const actor = { kind: 'seller', id: sellerId } as const;
    this.audit.record({ sellerId, actor, action, target: { kind: 'seller-session', id }, origin });
  }

  private pair(session: SellerSessionEntity): TokenPair {
    const { id, sellerId, generation, secret, rotatedAt } = session;
    const life = { issuedAt: rotatedAt, ttlSeconds: this.config.ACCESS_TOKEN_TTL_SECONDS };
    return {
      accessToken: this.accessTokens.issue('latchkey:seller', { sub: sellerId, sid: id }, life),
      refreshToken: this.refreshTokens.issue(id, generation, secret),
    };
  }
}
