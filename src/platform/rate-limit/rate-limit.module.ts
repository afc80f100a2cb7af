import { Global, Inject, Module, OnModuleInit } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import type { Config } from '../../config';
import { BackgroundJobs } from '../background';
import { CONFIG } from '../config-token';
import { AttemptsRepository } from './attempts.repository';
import { MemoryLimiter } from './memory-limiter';
import { SignInAttempts } from './sign-in-attempts';
import { ClientThrottle, HouseThrottlerGuard, LimiterStorage, MINUTE_MS } from './throttling';

@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [MemoryLimiter],
      useFactory: (limiter: MemoryLimiter) => ({
        // The guard sets the limit of each route; this is only the required default.
        throttlers: [{ name: 'default', ttl: MINUTE_MS, limit: 1 }],
        storage: new LimiterStorage(limiter),
      }),
    }),
  ],
  providers: [
    AttemptsRepository,
    ClientThrottle,
    MemoryLimiter,
    SignInAttempts,
    { provide: APP_GUARD, useClass: HouseThrottlerGuard },
  ],
  exports: [ClientThrottle, MemoryLimiter, SignInAttempts],
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
