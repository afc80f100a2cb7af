import { JwtService } from '@nestjs/jwt';
import type { KeyRing } from './key-ring';

export const JWT_ISSUER = 'latchkey';

/** Whom a token is for; one kind is never good where another is asked. */
export type JwtAudience = 'latchkey:seller' | 'latchkey:reseller' | 'latchkey:client';

/** RFC 9068: marks a token as an access token, so that no other kind is mistaken for one. */
const TOKEN_TYPE = 'at+jwt';
/** Longer than any token of ours; anything beyond is not worth parsing. */
const TOKEN_MAX = 2_048;

const ALGORITHM = 'HS256';

export interface JwtLife {
  readonly issuedAt: Date;
  /** Null never expires by itself: what stands behind it decides on every use. */
  readonly ttlSeconds: number | null;
}

/** Signed tokens that name something kept in the database, which is asked on every use. */
export class JwtTokens {
  private readonly jwt = new JwtService();

  constructor(private readonly keys: KeyRing) {}

  /** Equal arguments give equal tokens, to the byte. */
  issue(audience: JwtAudience, claims: object, { issuedAt, ttlSeconds }: JwtLife): string {
    const iat = Math.floor(issuedAt.getTime() / 1_000);
    return this.jwt.sign(
      { ...claims, iat },
      {
        secret: this.keys.jwtSecret,
        algorithm: ALGORITHM,
        header: { alg: ALGORITHM, typ: TOKEN_TYPE },
        issuer: JWT_ISSUER,
        audience,
        ...(ttlSeconds === null ? {} : { expiresIn: ttlSeconds }),
      },
    );
  }

  /** The claims of a genuine token for that audience; null for any other text. */
  verify(audience: JwtAudience, token: string): Record<string, unknown> | null {
    if (!isOurJwt(token)) return null;
    try {
      return this.jwt.verify<Record<string, unknown>>(token, {
        secret: this.keys.jwtSecret,
        algorithms: [ALGORITHM],
        issuer: JWT_ISSUER,
        audience,
      });
    } catch {
      return null;
    }
  }
}

/**
 * Whether a text is of plausible length and its header exactly the one we write. Every other
 * parameter (`kid`, `jku`, `jwk`, `x5u`, `crit`) is a way to choose the key or the rules for us,
 * so none is accepted.
 */
export function isOurJwt(token: string): boolean {
  return token.length <= TOKEN_MAX && hasOurHeader(token);
}

function hasOurHeader(token: string): boolean {
  try {
    const text = Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8');
    const header = JSON.parse(text) as Record<string, unknown>;
    const { alg, typ, ...others } = header;
    return alg === ALGORITHM && typ === TOKEN_TYPE && Object.keys(others).length === 0;
  } catch {
    return false;
  }
}
