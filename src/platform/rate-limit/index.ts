export { MemoryLimiter } from './memory-limiter';
export type { Hit } from './memory-limiter';
export { RateLimitModule } from './rate-limit.module';
export { SignInAttempts } from './sign-in-attempts';
export type { AttemptSubject } from './sign-in-attempts';
export { SignInAttemptEntity } from './entities/sign-in-attempt.entity';
export { MINUTE_MS, ThrottleSignIn, Unthrottled } from './throttling';
