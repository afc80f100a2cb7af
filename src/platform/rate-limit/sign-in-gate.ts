/** What is tried: an account, known or not, and the line in which the tries on it wait. */
export interface Gated {
  readonly name: string;
  readonly line: string;
}

/**
 * Puts the password attempts on one subject in a line, or in one for each device they come from.
 *
 * Attempts with the same password at the same moment are one attempt: one is verified, all share
 * its result. So a client that signs in twenty times in parallel spends one try, while a guesser
 * spends one try a guess. The line is per process; the number of tries is kept by the database.
 */
export class SignInGate {
  private readonly lines = new Map<string, Promise<unknown>>();
  private readonly shared = new Map<string, Promise<unknown>>();

  /**
   * Verifies once for all callers with equal name and `proof` under way, then runs `use` for each.
   * The next attempt in the line starts when the first caller's `use` has ended, so a success has
   * reset the count by then.
   */
  async pass<V, R>(
    { name, line }: Gated,
    proof: string,
    verify: () => Promise<V>,
    use: (verified: V) => Promise<R>,
  ): Promise<R> {
    const key = `${name}\0${proof}`;
    const running = this.shared.get(key) as Promise<V> | undefined;
    if (running) return use(await running);

    const before = this.lines.get(line) ?? Promise.resolve();
    const verified = before.then(verify);
    const whole = verified.then(use);
    const done = whole.then(
      () => undefined,
      () => undefined,
    );
    this.shared.set(key, verified);
    this.lines.set(line, done);
    void done.then(() => {
      this.shared.delete(key);
      if (this.lines.get(line) === done) this.lines.delete(line);
    });
    return whole;
  }
}
