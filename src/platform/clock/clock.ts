/** Milliseconds that only grow, for measuring spans; unrelated to any calendar. */
export function monotonicMs(): number {
  return performance.now();
}

/** This machine's calendar, in Unix milliseconds. Decides nothing about expiry; see DatabaseClock. */
export function wallClockMs(): number {
  return Date.now();
}

/**
 * The database's clock as this process knows it. Expiry is decided by one clock for all processes;
 * where a decision must not cost a query, it is read here: the last observed database time plus
 * the monotonic time since. A jump of the machine's calendar changes nothing.
 */
export class DatabaseClock {
  private offsetMs = wallClockMs() - monotonicMs();
  private latestOffsetMs = this.offsetMs;

  /**
   * Takes a reading: `databaseMs` was the database's time at some moment between the two
   * monotonic instants, which bounds the error by half of their distance.
   */
  observe(databaseMs: number, sentAt: number, receivedAt: number): void {
    this.offsetMs = databaseMs - (sentAt + receivedAt) / 2;
    this.latestOffsetMs = databaseMs - sentAt;
  }

  /** Database time in Unix milliseconds. */
  nowMs(): number {
    return monotonicMs() + this.offsetMs;
  }

  /**
   * The latest that database time can be now, for granting without asking the database: however
   * slowly the last reading came, what has not ended by this has not ended.
   */
  latestMs(): number {
    return monotonicMs() + this.latestOffsetMs;
  }
}
