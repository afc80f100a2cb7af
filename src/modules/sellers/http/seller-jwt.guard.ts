import { ExecutionContext, Injectable, OnModuleInit } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { CommonErrors, parseUuid, SellerPrincipal } from '../../../kernel';
import { KeyRing } from '../../../platform/crypto';
import { AccessRegistry, bearerJwtOptions, bearerToken } from '../../../platform/http';
import { API_TOKEN_PREFIX, ApiTokens } from '../api-tokens/api-tokens.service';
import { SellerSessions } from '../seller-sessions.service';

const STRATEGY = 'seller-jwt';

/** Verifies a seller's access token: signature, header, audience, times, and the live sign-in. */
@Injectable()
export class SellerJwtStrategy extends PassportStrategy(Strategy, STRATEGY) {
  constructor(
    keys: KeyRing,
    private readonly sessions: SellerSessions,
  ) {
    super(bearerJwtOptions(keys, 'latchkey:seller'));
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

/**
 * The guard for sellers' routes; it stands behind `@Access('seller')`. A Bearer that begins with
 * `lk_` is an API token, any other a JWT.
 */
@Injectable()
export class SellerJwtGuard extends AuthGuard(STRATEGY) implements OnModuleInit {
  constructor(
    private readonly registry: AccessRegistry,
    private readonly apiTokens: ApiTokens,
  ) {
    super({ property: 'passportUser' });
  }

  onModuleInit(): void {
    this.registry.register('seller', async (context) => {
      const request = context.switchToHttp().getRequest<FastifyRequest & Judged>();
      const token = bearerToken(request);
      if (token?.startsWith(API_TOKEN_PREFIX)) return this.resolveApiToken(token);
      await this.canActivate(context);
      return request.passportUser;
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

  /** Unknown, expired and revoked answer alike. @throws UNAUTHENTICATED */
  private async resolveApiToken(token: string): Promise<SellerPrincipal> {
    const principal = await this.apiTokens.authenticate(token);
    if (!principal) throw CommonErrors.UNAUTHENTICATED();
    return principal;
  }
}

interface Judged {
  readonly passportUser: SellerPrincipal;
}
