import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import type { ClientApp } from '../apps';
import { BlacklistScreen, Screened } from '../blacklist';
import type { ClientFacts } from './domain/ladder';

/** What can be told of a client before its credentials are looked at. */
@Injectable()
export class ClientScreen {
  constructor(
    private readonly blacklist: BlacklistScreen,
    private readonly clock: DatabaseClock,
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
}
