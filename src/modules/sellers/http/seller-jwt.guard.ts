import { ExecutionContext, Injectable, OnModuleInit } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { CommonErrors, parseUuid, SellerPrincipal } from '../../../kernel';
import { KeyRing } from '../../../platform/crypto';
import { AccessRegistry, bearerJwtOptions } from '../../../platform/http';
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
