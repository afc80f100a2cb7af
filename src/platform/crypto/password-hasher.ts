import { availableParallelism } from 'node:os';
import { CommonErrors } from '../../kernel';
import { HashWorkers } from './hash-workers';
import type { KeyRing } from './key-ring';
import { Slots, SlotsBusyError } from './slots';
import { randomToken } from './tokens';

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

  /**
   * Whether the password is the hashed one. With `hash` null a decoy is compared, so that an
   * unknown name takes as long as a known one; the answer is then false.
   * @throws UNAVAILABLE when too many hashes wait already.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const against = hash ?? (await this.decoy);
    const matches = await this.queued(() => {
      this.comparisons++;
      return this.workers.compare(this.prehash(password), against);
    });
    return matches && hash !== null;
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
