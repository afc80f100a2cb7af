import { availableParallelism } from 'node:os';
import { CommonErrors } from '../../kernel';
import { HashWorkers } from './hash-workers';
import type { KeyRing } from './key-ring';
import { Slots, SlotsBusyError } from './slots';
import { randomToken } from './tokens';

/** Marks a bcrypt hash of the password itself, without our pre-hash: brought in from elsewhere. */
export const FOREIGN_MARK = 'plain:';
/** Stored for a user who has no password: none is right. */
export const NO_PASSWORD = 'none';

/**
 * Largest cost of a hash that is brought in, unless the server's own are costlier: to compare costs
 * two to that power, and whoever guesses keeps a thread busy for so long.
 */
const COST_MAX = 12;
const HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** What is stored of a bcrypt hash made elsewhere. */
export function foreignHash(text: string): string {
  return FOREIGN_MARK + text;
}

/** Whether a stored hash was made elsewhere. */
export function isForeignHash(hash: string): boolean {
  return hash.startsWith(FOREIGN_MARK);
}

/** Hashes waiting beyond the running ones; a login behind them would answer too late anyway. */
const MAX_WAITING = 256;

/**
 * bcrypt over a keyed pre-hash: HMAC-SHA-256 in base64 is 44 characters, so bcrypt's 72-byte cut
 * never bites, and a stolen table alone cannot be guessed at. As many hashes run as there are
 * cores, on threads of their own that yield to the one which answers requests; a login flood waits
 * in its own line.
 */
export class PasswordHasher {
  private readonly workers = new HashWorkers();
  private readonly slots = new Slots(availableParallelism(), MAX_WAITING);
  private readonly decoy: Promise<string>;
  /** bcrypt comparisons started since the process did. */
  comparisons = 0;

  constructor(
    private readonly keys: KeyRing,
    private readonly cost: number,
  ) {
    this.decoy = this.hash(randomToken(16));
    this.decoy.catch(() => undefined);
  }

  /** @throws UNAVAILABLE when too many hashes wait already. */
  hash(password: string): Promise<string> {
    return this.queued(() => this.workers.hash(this.prehash(password), this.cost));
  }

  /** Whether the text is a bcrypt hash that is not too costly to compare. */
  bears(text: string): boolean {
    const cost = costOf(text);
    return cost >= 4 && cost <= Math.max(COST_MAX, this.cost);
  }

  /** Whether a stored hash was made elsewhere or at another cost, so that a new one should take its place. */
  isOutdated(hash: string): boolean {
    return isForeignHash(hash) || costOf(hash) !== this.cost;
  }

  /**
   * Whether the password is the hashed one. With `hash` null a decoy is compared, so that an
   * unknown name takes as long as a known one; the answer is then false. A hash from elsewhere sees
   * the first 72 bytes of the password, as it did there. A cheaper hash takes as long as one of the
   * server's cost.
   * @throws UNAVAILABLE when too many hashes wait already.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const known = hash === NO_PASSWORD ? null : hash;
    const foreign = known !== null && isForeignHash(known);
    const text = foreign ? password : this.prehash(password);
    const against = foreign ? comparable(known) : (known ?? (await this.decoy));
    const matches = await this.queued(async () => {
      this.comparisons++;
      const same = await this.workers.compare(text, against);
      // Each step doubles the work, so these add up to what the comparison saved.
      for (let cost = costOf(against); cost < this.cost; cost++) {
        await this.workers.hash(text, cost);
      }
      return same;
    });
    return matches && known !== null;
  }

  private prehash(password: string): string {
    return this.keys.mac('password', password.normalize('NFC')).toString('base64');
  }

  private async queued<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await this.slots.run(task);
    } catch (error) {
      if (error instanceof SlotsBusyError) {
        throw CommonErrors.UNAVAILABLE({ retryAfterSeconds: 2, cause: error });
      }
      throw error;
    }
  }
}

/** The cost of a bcrypt hash, 0 of what is none. */
function costOf(hash: string): number {
  return Number(HASH.exec(hash)?.[1] ?? 0);
}

/** PHP's `$2y$` is `$2b$` under another name; the library knows only the latter. */
function comparable(foreign: string): string {
  return foreign.slice(FOREIGN_MARK.length).replace(/^\$2y/, '$2b');
}
