import type { FastifyRequest } from 'fastify';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import { CommonErrors } from '../../kernel';
import { isOurJwt, JWT_ISSUER, JwtAudience, KeyRing } from '../crypto';

/**
 * The token of `Authorization: Bearer <token>`, when the header says that and nothing more. Two such
 * headers are none: Node would take the first, what stands in front of us perhaps the last.
 */
export function bearerToken({
  headers,
  raw,
}: Pick<FastifyRequest, 'headers' | 'raw'>): string | null {
  const names = raw.rawHeaders.filter((_, index) => index % 2 === 0);
  const sent = names.filter((name) => name.toLowerCase() === 'authorization').length;
  if (sent > 1) return null;
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** What every strategy for our own tokens checks: signature, header, issuer, audience, times. */
export function bearerJwtOptions(
  keys: KeyRing,
  audience: JwtAudience,
): StrategyOptionsWithoutRequest {
  return {
    jwtFromRequest: bearerToken,
    algorithms: ['HS256'],
    issuer: JWT_ISSUER,
    audience,
    ignoreExpiration: false,
    secretOrKeyProvider: (_request, token: string, done) => {
      done(isOurJwt(token) ? null : CommonErrors.UNAUTHENTICATED(), keys.jwtSecret);
    },
  };
}
