/** Milliseconds from which on a try is slow, whatever came of it: it keeps a place from the others. */
const SLOW_MS = 10_000;
/** Slow turns in a row before the breaker opens. */
const SLOW_TURNS_MAX = 3;
const PAUSE_FIRST_SECONDS = 60;
const PAUSE_MAX_SECONDS = 900;

/** How long a try took, and whether it ended because that was too long. */
interface Timed {
  readonly failure: string | null;
  readonly durationMs: number;
}

/** Whether a try is one of those that the breaker is for. */
export function isSlow({ failure, durationMs }: Timed): boolean {
  return failure === 'timeout' || durationMs >= SLOW_MS;
}

/** Counts slow turns at one endpoint, over one more turn. */
export class Breaker {
  private before: number;

  /** `slowTurns`: in a row, so far. */
  constructor(private slowTurns: number) {
    this.before = slowTurns;
  }

  get count(): number {
    return this.slowTurns;
  }

  /** Notes a try of this turn. Slow ones count once: those at the same moment tell of one thing. */
  note({ slow, delivered }: { readonly slow: boolean; readonly delivered: boolean }): void {
    if (slow) this.slowTurns = this.before + 1;
    else if (delivered) this.slowTurns = this.before = 0;
  }

  /**
   * Seconds for which an endpoint is left alone because it does not answer in time: a hanging one
   * holds a place for 15 seconds each time. One that refuses at once costs nothing and is only
   * subject to the schedule of each delivery. 0 while the breaker is closed.
   */
  get pauseSeconds(): number {
    if (this.slowTurns < SLOW_TURNS_MAX) return 0;
    const opened = Math.min(this.slowTurns - SLOW_TURNS_MAX, 10);
    return Math.min(PAUSE_MAX_SECONDS, PAUSE_FIRST_SECONDS * 2 ** opened);
  }
}
