import { Injectable } from '@nestjs/common';
import { monotonicMs } from '../clock';

export interface Hit {
  readonly allowed: boolean;
  readonly count: number;
  /** Whole seconds until the window ends and requests are admitted again. */
  readonly retryAfterSeconds: number;
}

interface Window {
  count: number;
  endsAt: number;
}

/** Beyond this many keys the oldest windows are forgotten; bounds memory to some tens of MB. */
const MAX_KEYS = 200_000;

/** Counts requests per key in fixed windows, in this process's memory. */
@Injectable()
export class MemoryLimiter {
  private readonly windows = new Map<string, Window>();

  /** Counts one request under `key` and tells whether it is within `limit` per `windowMs`. */
  hit(key: string, limit: number, windowMs: number): Hit {
    const now = monotonicMs();
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      // Deleting first moves the key to the end, so the map stays ordered by age.
      this.windows.delete(key);
      this.makeRoom();
      window = { count: 0, endsAt: now + windowMs };
      this.windows.set(key, window);
    }
    window.count++;
    return {
      allowed: window.count <= limit,
      count: window.count,
      retryAfterSeconds: Math.ceil((window.endsAt - now) / 1_000),
    };
  }

  private makeRoom(): void {
    for (const key of this.windows.keys()) {
      if (this.windows.size < MAX_KEYS) return;
      this.windows.delete(key);
    }
  }
}
