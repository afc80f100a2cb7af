import { ExecutionContext, Injectable, OnModuleInit } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { CommonErrors, parseUuid, ResellerPrincipal } from '../../../kernel';
import { KeyRing } from '../../../platform/crypto';
import { AccessRegistry, bearerJwtOptions } from '../../../platform/http';
import { ResellerTokens } from '../reseller-tokens';

const STRATEGY = 'reseller-jwt';
/** Largest number the column of epochs holds. */
const EPOCH_MAX = 2 ** 31 - 1;

/** Verifies a reseller's token: signature, header, audience, times, and that it is still of worth. */
@Injectable()
export class ResellerJwtStrategy extends PassportStrategy(Strategy, STRATEGY) {
  constructor(
    keys: KeyRing,
    private readonly tokens: ResellerTokens,
  ) {
    super(bearerJwtOptions(keys, 'latchkey:reseller'));
  }

  /** @throws UNAUTHENTICATED, RESELLER_APP_PAUSED */
  async validate({ sub, epoch }: Record<string, unknown>): Promise<ResellerPrincipal> {
    const wellFormed =
      typeof sub === 'string' && parseUuid(sub) && typeof epoch === 'number' && isEpoch(epoch);
    const principal = wellFormed ? await this.tokens.authenticate({ sub, epoch }) : null;
    if (!principal) throw CommonErrors.UNAUTHENTICATED();
    return principal;
  }
}

function isEpoch(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= EPOCH_MAX;
}

/** The guard for resellers' routes; it stands behind `@Access('reseller')`. */
@Injectable()
export class ResellerJwtGuard extends AuthGuard(STRATEGY) implements OnModuleInit {
  constructor(private readonly registry: AccessRegistry) {
    super({ property: 'passportReseller' });
  }

  onModuleInit(): void {
    this.registry.register('reseller', async (context) => {
      await this.canActivate(context);
      const request = context.switchToHttp().getRequest<{ passportReseller: ResellerPrincipal }>();
      return request.passportReseller;
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
