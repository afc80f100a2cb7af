import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { CONFIG } from '../../platform/config-token';
import { JwtTokens } from '../../platform/crypto';
import type { SellerSessionEntity } from './entities/seller-session.entity';
import { RefreshTokens } from './refresh-tokens';

export interface TokenPair {
  /** JWT; lives `ACCESS_TOKEN_TTL_SECONDS` and no longer than its sign-in. */
  readonly accessToken: string;
  /** Opaque; spent by its first use. */
  readonly refreshToken: string;
}

/** The pair of tokens that stands for a sign-in in its present state; the same each time. */
@Injectable()
export class SellerTokens {
  constructor(
    readonly refresh: RefreshTokens,
    private readonly accessTokens: JwtTokens,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Seconds a sign-in lives on after each refresh. */
  get signInTtlSeconds(): number {
    return this.config.REFRESH_TOKEN_TTL_SECONDS;
  }

  pair(session: SellerSessionEntity): TokenPair {
    const { id, sellerId, generation, secret, rotatedAt } = session;
    const life = { issuedAt: rotatedAt, ttlSeconds: this.config.ACCESS_TOKEN_TTL_SECONDS };
    return {
      accessToken: this.accessTokens.issue('latchkey:seller', { sub: sellerId, sid: id }, life),
      refreshToken: this.refresh.issue(id, generation, secret),
    };
  }
}
