import { Injectable } from '@nestjs/common';
import type { Origin, Verdict } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import type { ClientApp } from '../apps';
import { BlacklistScreen, Screened } from '../blacklist';
import type { ClientFacts } from './domain/ladder';
import { KeyGuesses } from './key-guesses';

/** What can be told of a client before its credentials are looked at. */
@Injectable()
export class ClientScreen {
  constructor(
    private readonly blacklist: BlacklistScreen,
    private readonly clock: DatabaseClock,
    private readonly guesses: KeyGuesses,
  ) {}

  /** Facts for the rungs above the credentials. Costs no query as a rule. */
  async early(
    app: ClientApp,
    { hwid, username }: Pick<Screened, 'hwid' | 'username'>,
    origin: Origin,
  ): Promise<ClientFacts> {
    const client = { ip: origin.ip, hwid, username };
    const blacklisted = await this.blacklist.screen(app.id, client);
    return { now: new Date(this.clock.nowMs()), app, blacklisted };
  }

  /** The same if it can be told at once, else null. */
  earlyRemembered(app: ClientApp, client: Screened, nowMs: number): ClientFacts | null {
    const blacklisted = this.blacklist.remembered(app.id, client);
    return blacklisted && { now: new Date(nowMs), app, blacklisted };
  }

  /** Looks a presented key up, unless too many unknown ones came from there; see KeyGuesses. */
  presentedKey<T>(
    app: ClientApp,
    origin: Origin,
    lookUp: () => Promise<T>,
    isKnown: (found: T) => boolean,
  ): Promise<Verdict<T, 'CLIENT_SIGN_IN_LOCKED'>> {
    return this.guesses.evaluate(app, origin, lookUp, isKnown);
  }
}
