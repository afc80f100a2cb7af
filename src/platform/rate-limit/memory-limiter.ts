import { monotonicMs } from '../clock';
import { newId } from '../crypto';
import { Hit, RateLimiter, Reservation } from './rate-limiter';

interface Window {
  count: number;
  endsAt: number;
}

interface Allowance {
  /** When each taken place is free again, the oldest first. */
  readonly places: Map<string, number>;
  endsAt: number;
}

/** Beyond these the oldest are forgotten; bounds memory to some tens of MB each. */
const MAX_WINDOWS = 200_000;
const MAX_ALLOWANCES = 20_000;

/** The limiter in this process's memory. */
export class MemoryLimiter extends RateLimiter {
  private readonly windows = new Map<string, Window>();
  private readonly allowances = new Map<string, Allowance>();

  override hit(key: string, limit: number, windowMs: number): Hit {
    const now = monotonicMs();
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      // Deleting first moves the key to the end, so the map stays ordered by age.
      this.windows.delete(key);
      makeRoom(this.windows, MAX_WINDOWS, now);
      window = { count: 0, endsAt: now + windowMs };
      this.windows.set(key, window);
    }
    window.count++;
    return {
      allowed: window.count <= limit,
      count: window.count,
      retryAfterSeconds: secondsUntil(window.endsAt, now),
    };
  }

  /** `place` is the name of the place, should it be free. */
  override reserve(key: string, limit: number, windowMs: number, place = newId()): Reservation {
    const now = monotonicMs();
    const endsAt = now + windowMs;
    const places = this.allowances.get(key)?.places ?? new Map<string, number>();
    for (const [taken, until] of places) if (until <= now) places.delete(taken);
    const [oldest] = places.values();
    if (oldest !== undefined && places.size >= limit) {
      return { place: null, retryAfterSeconds: secondsUntil(oldest, now) };
    }
    this.allowances.delete(key);
    makeRoom(this.allowances, MAX_ALLOWANCES, now);
    this.allowances.set(key, { places: places.set(place, endsAt), endsAt });
    return { place };
  }

  override giveBack(key: string, place: string): void {
    const places = this.allowances.get(key)?.places;
    places?.delete(place);
    if (places?.size === 0) this.allowances.delete(key);
  }
}

/** Drops what has run out from the old end of the map, and more when it is full. */
function makeRoom(map: Map<string, { readonly endsAt: number }>, max: number, now: number): void {
  for (const [key, { endsAt }] of map) {
    if (map.size < max && endsAt > now) return;
    map.delete(key);
  }
}

function secondsUntil(then: number, now: number): number {
  return Math.ceil((then - now) / 1_000);
}
