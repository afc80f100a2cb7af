import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { MemoryLimiter } from './memory-limiter';
import { SignInAttempts } from './sign-in-attempts';
import { HouseThrottlerGuard, LimiterStorage, MINUTE_MS } from './throttling';

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
  providers: [MemoryLimiter, SignInAttempts, { provide: APP_GUARD, useClass: HouseThrottlerGuard }],
  exports: [MemoryLimiter, SignInAttempts],
})
export class RateLimitModule {}
