import type { ErrorFactory } from '../../kernel';

/** How many sellers one process serves at a time. */
const AT_ONCE = 4;
const RETRY_AFTER_SECONDS = 10;

/**
 * Who may work at the same time: a few in a process, as each takes memory, and one of a seller's, so
 * that nobody takes the turns of all others.
 */
export class Turns {
  private readonly sellers = new Set<string>();

  /** `busy` is what is thrown, `work` what it calls one of them. */
  constructor(
    private readonly busy: ErrorFactory,
    private readonly work: string,
  ) {}

  /** Takes a turn; what is returned gives it back. @throws `busy` */
  take(sellerId: string): () => void {
    const retryAfterSeconds = RETRY_AFTER_SECONDS;
    if (this.sellers.has(sellerId)) {
      const message = `Another ${this.work} of yours is under way, please retry`;
      throw this.busy({ message, retryAfterSeconds });
    }
    if (this.sellers.size >= AT_ONCE) throw this.busy({ retryAfterSeconds });
    this.sellers.add(sellerId);
    return () => void this.sellers.delete(sellerId);
  }
}
