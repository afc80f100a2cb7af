/**
 * A decision about a client or a spend, as a value. A verdict commits: whatever a refusal counted
 * or recorded is kept. What cannot be processed at all is a `DomainError` instead, and rolls back.
 */
export type Verdict<T, C extends string> = Granted<T> | Refused<C>;

export interface Granted<T> {
  readonly granted: true;
  readonly value: T;
}

/** `facts` are what mattered for the refusal, for logs and audit; a wire never prints them raw. */
export interface Refused<C extends string> {
  readonly granted: false;
  readonly code: C;
  readonly facts: Readonly<Record<string, unknown>>;
}

export function granted<T>(value: T): Granted<T> {
  return { granted: true, value };
}

export function refused<C extends string>(
  code: C,
  facts: Readonly<Record<string, unknown>> = {},
): Refused<C> {
  return { granted: false, code, facts };
}
