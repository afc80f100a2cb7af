/**
 * Puts the requests with one Idempotency-Key in a line, within this process. Those who wait hold no
 * connection: fifty repeats of one slow request would else take the whole pool. Between processes
 * the database keeps the turns.
 */
export class KeyTurns {
  private readonly lines = new Map<string, Promise<void>>();

  /**
   * Runs `work` when everybody before has ended, whatever became of them; after `patienceMs` of
   * waiting `tooLate` is thrown instead.
   */
  async take<T>(
    name: string,
    patienceMs: number,
    tooLate: () => Error,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = this.lines.get(name);
    let leave!: () => void;
    const here = new Promise<void>((resolve) => (leave = resolve));
    const line = before ? before.then(() => here) : here;
    this.lines.set(name, line);
    try {
      if (before && !(await within(before, patienceMs))) throw tooLate();
      return await work();
    } finally {
      leave();
      void line.then(() => {
        if (this.lines.get(name) === line) this.lines.delete(name);
      });
    }
  }
}

/** Whether `event` came within the time. */
function within(event: Promise<void>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    void event.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
