import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Config } from '../../config';
import { KeyRing } from '../../platform/crypto';
import { CONFIG } from '../../platform/config-token';

export const TOKEN_ISSUER = 'latchkey';
export const SELLER_AUDIENCE = 'latchkey:seller';
/** RFC 9068: marks a token as an access token, so that no other kind is mistaken for one. */
const TOKEN_TYPE = 'at+jwt';

/** The claims of a seller's access token. */
export interface SellerClaims {
  /** Seller. */
  readonly sub: string;
  /** The sign-in behind it. */
  readonly sid: string;
}

@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: KeyRing,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A token issued at `issuedAt`. Equal arguments give equal tokens, to the byte. */
  issue(claims: SellerClaims, issuedAt: Date): string {
    const iat = Math.floor(issuedAt.getTime() / 1_000);
    return this.jwt.sign(
      { ...claims, iat },
      {
        secret: this.keys.jwtSecret,
        algorithm: 'HS256',
        header: { alg: 'HS256', typ: TOKEN_TYPE },
        expiresIn: this.config.ACCESS_TOKEN_TTL_SECONDS,
        issuer: TOKEN_ISSUER,
        audience: SELLER_AUDIENCE,
      },
    );
  }
}

/**
 * Whether the header is exactly the one we write. Every other parameter (`kid`, `jku`, `jwk`,
 * `x5u`, `crit`) is a way to choose the key or the rules for us, so none is accepted.
 */
export function hasOurHeader(token: string): boolean {
  try {
    const text = Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8');
    const header = JSON.parse(text) as Record<string, unknown>;
    const { alg, typ, ...others } = header;
    return alg === 'HS256' && typ === TOKEN_TYPE && Object.keys(others).length === 0;
  } catch {
    return false;
  }
}
