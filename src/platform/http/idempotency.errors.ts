import { defineErrors, DomainError } from '../../kernel';

export const IdempotencyErrors = defineErrors('idempotency', {
  IDEMPOTENCY_KEY_REUSED: {
    class: 'mismatch',
    message: 'This Idempotency-Key was used with another request',
    log: 'info',
    help: 'A key belongs to one request. Use a new key for a new request.',
  },
  IDEMPOTENCY_KEY_IN_USE: {
    class: 'conflict',
    message: 'A request with this Idempotency-Key is still being worked on',
    log: 'info',
    help: 'The first request with this key has not ended yet. Repeat the same request after `Retry-After` seconds: it then gets the answer of the first, or does the work should the first have failed.',
  },
});

/** The first request with the key has not ended. */
export function keyInUse(): DomainError {
  return IdempotencyErrors.IDEMPOTENCY_KEY_IN_USE({ retryAfterSeconds: 1 });
}
