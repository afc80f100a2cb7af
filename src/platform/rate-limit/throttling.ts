import { ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  ThrottlerLimitDetail,
  ThrottlerModuleOptions,
  ThrottlerStorage,
} from '@nestjs/throttler';
import type { Config } from '../../config';
import { CommonErrors } from '../../kernel';
import { CONFIG } from '../config-token';
import { clientNetwork } from './client-network';
import { Hit, RateLimiter } from './rate-limiter';

const SIGN_IN = 'latchkey:throttle-sign-in';
const UNLIMITED = 'latchkey:throttle-unlimited';

/** Marks routes that test a password or a token: the narrow limit holds, counted on its own. */
export const ThrottleSignIn = () => SetMetadata(SIGN_IN, true);
/** Marks routes that monitors poll. */
export const Unthrottled = () => SetMetadata(UNLIMITED, true);

export const MINUTE_MS = 60_000;

/** Limits client requests per application and address (D-A21): sign-ins narrowly, the rest widely. */
@Injectable()
export class ClientThrottle {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Answers at once unless the limiter's store is elsewhere. */
  hit(appId: string, ip: string, signIn: boolean): Hit | Promise<Hit> {
    const limit = signIn
      ? this.config.RATE_LIMIT_SIGN_IN_PER_MINUTE
      : this.config.RATE_LIMIT_CLIENT_PER_MINUTE;
    return this.limiter.hit(
      `client:${signIn ? 'sign-in' : 'all'}:${appId}:${clientNetwork(ip)}`,
      limit,
      MINUTE_MS,
    );
  }
}

/** The throttler's store on top of the limiter. */
@Injectable()
export class LimiterStorage implements ThrottlerStorage {
  constructor(private readonly limiter: RateLimiter) {}

  async increment(key: string, ttl: number, limit: number) {
    const hit = await this.limiter.hit(key, limit, ttl);
    return {
      totalHits: hit.count,
      timeToExpire: hit.retryAfterSeconds,
      isBlocked: !hit.allowed,
      timeToBlockExpire: hit.retryAfterSeconds,
    };
  }
}

/** Limits requests per client address: sign-ins narrowly, everything else generously. */
@Injectable()
export class HouseThrottlerGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super(options, storage, reflector);
  }

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(this.marked(context, UNLIMITED));
  }

  protected override handleRequest(
    request: Parameters<ThrottlerGuard['handleRequest']>[0],
  ): Promise<boolean> {
    const limit = this.marked(request.context, SIGN_IN)
      ? this.config.RATE_LIMIT_SIGN_IN_PER_MINUTE
      : this.config.RATE_LIMIT_SELLER_PER_MINUTE;
    return super.handleRequest({ ...request, limit });
  }

  protected override getTracker({ ip }: { readonly ip: string }): Promise<string> {
    return Promise.resolve(clientNetwork(ip));
  }

  protected override generateKey(context: ExecutionContext, tracker: string): string {
    return `house:${this.marked(context, SIGN_IN) ? 'sign-in' : 'all'}:${tracker}`;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    detail: ThrottlerLimitDetail,
  ): Promise<void> {
    throw CommonErrors.RATE_LIMITED({ retryAfterSeconds: detail.timeToBlockExpire });
  }

  private marked(context: ExecutionContext, key: string): boolean {
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<boolean | undefined>(key, targets) === true;
  }
}
