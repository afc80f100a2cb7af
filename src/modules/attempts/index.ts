/** Every try of a client to get in: kept, listed, counted by day. */
export { AttemptLog } from './attempt-log';
export type { StoredAttempt } from './attempt-log';
export type { Attempt, AttemptFilter, DayOfAttempts } from './domain/attempt';
export { AttemptsModule } from './attempts.module';
