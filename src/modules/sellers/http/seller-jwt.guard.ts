import { ExecutionContext, Injectable, OnModuleInit } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { CommonErrors, parseUuid, SellerPrincipal } from '../../../kernel';
import { KeyRing } from '../../../platform/crypto';
import { AccessRegistry } from '../../../platform/http';
import { hasOurHeader, SELLER_AUDIENCE, TOKEN_ISSUER } from '../access-tokens';
import { SellerSessions } from '../seller-sessions.service';

const STRATEGY = 'seller-jwt';

/** Longer than any token of ours; anything beyond is not worth parsing. */
const TOKEN_MAX = 2_048;

/** The token of `Authorization: Bearer <token>`, when the header says that and nothing more. */
function bearerToken({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** Verifies a seller's access token: signature, header, audience, times, and the live sign-in. */
@Injectable()
export class SellerJwtStrategy extends PassportStrategy(Strategy, STRATEGY) {
  constructor(
    keys: KeyRing,
    private readonly sessions: SellerSessions,
  ) {
    super({
      jwtFromRequest: bearerToken,
      algorithms: ['HS256'],
      issuer: TOKEN_ISSUER,
      audience: SELLER_AUDIENCE,
      ignoreExpiration: false,
      secretOrKeyProvider: (_request, token: string, done) => {
        const ours = token.length <= TOKEN_MAX && hasOurHeader(token);
        done(ours ? null : CommonErrors.UNAUTHENTICATED(), keys.jwtSecret);
      },
    });
  }

  async validate(claims: Record<string, unknown>): Promise<SellerPrincipal> {
    const { sub, sid } = claims;
    const wellFormed =
      typeof sub === 'string' && typeof sid === 'string' && parseUuid(sub) && parseUuid(sid);
    const principal = wellFormed ? await this.sessions.authenticate({ sub, sid }) : null;
    if (!principal) throw CommonErrors.UNAUTHENTICATED();
    return principal;
  }
}

/** The guard for sellers' routes; it stands behind `@Access('seller')`. */
@Injectable()
export class SellerJwtGuard extends AuthGuard(STRATEGY) implements OnModuleInit {
  constructor(private readonly registry: AccessRegistry) {
    super({ property: 'passportUser' });
  }

  onModuleInit(): void {
    this.registry.register('seller', async (context) => {
      await this.canActivate(context);
      return context.switchToHttp().getRequest<{ passportUser: SellerPrincipal }>().passportUser;
    });
  }

  override handleRequest<T>(error: Error | null, user: T | false): T {
    if (error) throw error;
    if (!user) throw CommonErrors.UNAUTHENTICATED();
    return user;
  }

  override getRequest(context: ExecutionContext): unknown {
    return context.switchToHttp().getRequest<unknown>();
  }
}
