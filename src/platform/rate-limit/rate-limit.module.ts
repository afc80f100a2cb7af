import { Global, Inject, Module, OnModuleInit } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import type { Config } from '../../config';
import { BackgroundJobs } from '../background';
import { CONFIG } from '../config-token';
import { KeyRing } from '../crypto';
import { LOGGER, Logger } from '../logging';
import { AttemptsRepository } from './attempts.repository';
import { MemoryLimiter } from './memory-limiter';
import { RateLimiter } from './rate-limiter';
import { RedisLimiter } from './redis-limiter';
import { SignInAttempts } from './sign-in-attempts';
import { ClientThrottle, HouseThrottlerGuard, LimiterStorage, MINUTE_MS } from './throttling';

@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [RateLimiter],
      useFactory: (limiter: RateLimiter) => ({
        // The guard sets the limit of each route; this is only the required default.
        throttlers: [{ name: 'default', ttl: MINUTE_MS, limit: 1 }],
        storage: new LimiterStorage(limiter),
      }),
    }),
  ],
  providers: [
    AttemptsRepository,
    ClientThrottle,
    SignInAttempts,
    {
      provide: RateLimiter,
      inject: [CONFIG, KeyRing, LOGGER],
      useFactory: ({ REDIS_URL }: Config, keys: KeyRing, logger: Logger) =>
        REDIS_URL ? new RedisLimiter(REDIS_URL, keys, logger) : new MemoryLimiter(),
    },
    { provide: APP_GUARD, useClass: HouseThrottlerGuard },
  ],
  exports: [ClientThrottle, RateLimiter, SignInAttempts],
})
export class RateLimitModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly attempts: AttemptsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'forget rested sign-in attempts',
      everySeconds: 300,
      run: () => this.attempts.forgetRested(this.config.LOGIN_LOCK_SECONDS),
    });
  }
}
