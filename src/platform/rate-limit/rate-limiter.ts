/** What the limiter says to one request. */
export interface Hit {
  readonly allowed: boolean;
  readonly count: number;
  /** Whole seconds until the window ends and requests are admitted again. */
  readonly retryAfterSeconds: number;
}

/** A place in an allowance; without one, the whole seconds until the next is free. */
export type Reservation =
  { readonly place: string } | { readonly place: null; readonly retryAfterSeconds: number };

/**
 * Counts what clients do, under keys of the caller's choice. With the process's own memory the
 * answers come at once; with a shared store they are promises.
 */
export abstract class RateLimiter {
  /**
   * Counts one request under `key` and tells whether it is within `limit` per `windowMs`
   * (milliseconds; the window begins with the first request).
   */
  abstract hit(key: string, limit: number, windowMs: number): Hit | Promise<Hit>;

  /**
   * Takes one of `limit` places, for `windowMs` milliseconds: within any stretch of that length at
   * most `limit` are taken and kept. For what counts only if it fails: take first, then try, and
   * give the place back on success.
   */
  abstract reserve(
    key: string,
    limit: number,
    windowMs: number,
  ): Reservation | Promise<Reservation>;

  /** Frees a place; one that has run out already is no matter. */
  abstract giveBack(key: string, place: string): void | Promise<void>;
}
