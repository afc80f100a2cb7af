export { RateLimitModule } from './rate-limit.module';
export { clientNetwork } from './client-network';
export { RateLimiter } from './rate-limiter';
export type { Hit, Reservation } from './rate-limiter';
export { SignInAttempts } from './sign-in-attempts';
export type { AttemptSubject } from './attempts.repository';
export { SignInAttemptEntity } from './entities/sign-in-attempt.entity';
export { ClientThrottle, MINUTE_MS, ThrottleSignIn, Unthrottled } from './throttling';
