export { RateLimitModule } from './rate-limit.module';
export { SignInAttempts } from './sign-in-attempts';
export type { AttemptSubject } from './attempts.repository';
export { SignInAttemptEntity } from './entities/sign-in-attempt.entity';
export { ClientThrottle, ThrottleSignIn, Unthrottled } from './throttling';
