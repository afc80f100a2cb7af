import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { granted, Origin, refused, Verdict } from '../../kernel';
import { CONFIG } from '../../platform/config-token';
import { Transactions } from '../../platform/database';
import { clientNetwork, RateLimiter, Reservation } from '../../platform/rate-limit';
import { ClientApp, ClientApps } from '../apps';
import { ClientBooks } from './client-books';
import { KeyGuessesRepository } from './key-guesses.repository';

const TEN_MINUTES_MS = 600_000;
const HOUR_SECONDS = 3_600;

/**
 * Where a key is tried: an application, or a seller (whose id it is) for all of theirs, with the one
 * that was named, if any.
 */
export type Door = ClientApp | { readonly id: string; readonly app: ClientApp | null };

/**
 * Keeps guessers from trying licence keys: an address has `KEY_GUESSES_PER_TEN_MINUTES` unknown
 * keys of an application within any ten minutes, then keys from there are refused unseen. Keys that
 * exist cost nothing. When the application as a whole sees too many, its seller is told.
 */
@Injectable()
export class KeyGuesses {
  /** Keys looked up since the process started, known and unknown. */
  evaluations = 0;
  /** Those who wait until a key of their address under way has been found or not. */
  private readonly underWay = new Map<string, Turn>();

  constructor(
    private readonly limiter: RateLimiter,
    private readonly counted: KeyGuessesRepository,
    private readonly transactions: Transactions,
    private readonly books: ClientBooks,
    private readonly apps: ClientApps,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Looks a presented key up, unless its address has guessed too often. A place in the allowance is
   * taken first and given back for a known key, so that no number of guesses at the same moment
   * gets more of them looked up.
   */
  async evaluate<T>(
    door: Door,
    origin: Origin,
    lookUp: () => Promise<T>,
    isKnown: (found: T) => boolean,
  ): Promise<Verdict<T, 'CLIENT_SIGN_IN_LOCKED'>> {
    const address = `key:${door.id}:${clientNetwork(origin.ip ?? '')}`;
    const reservation = await this.reserve(address);
    if (reservation.place === null) {
      const { retryAfterSeconds } = reservation;
      return refused('CLIENT_SIGN_IN_LOCKED', { retryAfterSeconds });
    }
    let unknown = false;
    try {
      this.evaluations++;
      const found = await lookUp();
      unknown = !isKnown(found);
      if (unknown) await this.count(door, origin);
      return granted(found);
    } finally {
      if (!unknown) await this.limiter.giveBack(address, reservation.place);
      this.end(address);
    }
  }

  /**
   * A place, or none if the address has used them up. While keys of the address are being looked
   * up the places they hold may come back: it is known only when they are through.
   */
  private async reserve(address: string): Promise<Reservation> {
    for (;;) {
      const max = this.config.KEY_GUESSES_PER_TEN_MINUTES;
      const reservation = await this.limiter.reserve(address, max, TEN_MINUTES_MS);
      const turn = this.underWay.get(address) ?? new Turn();
      if (reservation.place !== null) {
        turn.running++;
        this.underWay.set(address, turn);
        return reservation;
      }
      if (turn.running === 0) return reservation;
      await turn.over;
    }
  }

  private end(address: string): void {
    const turn = this.underWay.get(address)!;
    const next = new Turn(turn.running - 1);
    if (next.running === 0) this.underWay.delete(address);
    else this.underWay.set(address, next);
    turn.end();
  }

  /** The database hands out each number once, so one request of all processes tells the seller. */
  private async count(door: Door, origin: Origin): Promise<void> {
    const app = 'app' in door ? door.app : door;
    await this.transactions.run(async () => {
      const failures = app
        ? await this.counted.count(app.id, HOUR_SECONDS)
        : await this.counted.countOfSeller(door.id, HOUR_SECONDS);
      if (failures !== this.config.KEY_GUESS_ALERT_PER_HOUR + 1) return;
      const sellerId = app?.sellerId ?? door.id;
      // Where none was named, the keys of all of them are tried.
      const apps = app ? [app] : await this.apps.ofSeller(sellerId);
      const suspicion = { failures, windowSeconds: HOUR_SECONDS };
      this.books.guessingSuspected(sellerId, { app, apps }, suspicion, origin);
    });
  }
}

/** The look-ups of one address that are under way, until the first of them ends. */
class Turn {
  end: () => void;
  readonly over: Promise<void>;

  constructor(public running = 0) {
    this.over = new Promise((resolve) => (this.end = resolve));
  }
}
