import { Inject, Injectable } from '@nestjs/common';
import type { Origin, Verdict } from '../../kernel';
import { DatabaseClock, monotonicMs } from '../../platform/clock';
import { LOGGER, Logger } from '../../platform/logging';
import { parseAddress } from '../../platform/network';
import type { ClientApp } from '../apps';
import { BlacklistAttempts, BlacklistHit, BlacklistScreen, Screened } from '../blacklist';
import { ClientFacts, climb, RefusalCode } from './domain/ladder';
import { Door, KeyGuesses } from './key-guesses';
import { NetworkScreen } from './network-screen';

/** What a client says of itself; what it did not say is not looked for. */
export type Presented = Partial<Omit<Screened, 'ip'>>;

/** What holds where there is no application to say otherwise. */
const NO_APP: ClientFacts['app'] = {
  status: 'ACTIVE',
  hashCheck: false,
  hashes: [],
  hwidLock: true,
  hwidResetCooldownHours: 0,
};

const WARN_EVERY_MS = 60_000;

/** What can be told of a client before its credentials are looked at. */
@Injectable()
export class ClientScreen {
  private warnedAt = -Infinity;

  constructor(
    private readonly blacklist: BlacklistScreen,
    private readonly attempts: BlacklistAttempts,
    private readonly networks: NetworkScreen,
    private readonly clock: DatabaseClock,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly guesses: KeyGuesses,
  ) {}

  /** Facts for the rungs above the credentials. Costs no query as a rule. */
  early(app: ClientApp, client: Presented, { ip }: Origin): Promise<ClientFacts> {
    return this.earlyOf(app.sellerId, app, client, ip);
  }

  /** The same for a client of a seller that may have named no application of theirs. */
  async earlyOf(
    sellerId: string,
    app: ClientApp | null,
    client: Presented,
    ip: string | null,
  ): Promise<ClientFacts> {
    if (ip !== null && !parseAddress(ip)) this.warnOfAddress(ip);
    const scope = { id: app?.id ?? null, sellerId };
    const blacklisted = await this.blacklist.screen(scope, screened(client, ip));
    const network = app ? this.networks.judge(app, ip) : undefined;
    return { now: new Date(this.clock.nowMs()), app: app ?? NO_APP, blacklisted, network };
  }

  /** The same if it can be told at once, else null. */
  earlyRemembered(app: ClientApp, client: Screened, nowMs: number): ClientFacts | null {
    const blacklisted = this.blacklist.remembered(app, client);
    const network = this.networks.judge(app, client.ip);
    return blacklisted && { now: new Date(nowMs), app, blacklisted, network };
  }

  /** The facts with what the list says of a key, or a name, that was learnt only now, if any was. */
  async withLearnt(
    app: ClientApp,
    early: ClientFacts,
    kind: 'key' | 'username',
    value: string | null | undefined,
  ): Promise<ClientFacts> {
    if (value == null) return early;
    const hits = await this.blacklist.screen(app, screened({ [kind]: value }, null));
    return { ...early, blacklisted: { ...early.blacklisted!, [kind]: hits[kind] } };
  }

  /** Climbs with what is known early. A refusal by the blacklist is counted before it is told. */
  async judge(facts: ClientFacts): Promise<RefusalCode | null> {
    const refusal = climb(facts);
    if (refusal) await this.count(facts, refusal);
    return refusal;
  }

  /** Counts a refusal at the entry that caused it. A count that fails leaves the refusal as it is. */
  async count(facts: ClientFacts, refusal: RefusalCode): Promise<void> {
    const entry = entryBehind(facts, refusal);
    if (!entry) return;
    try {
      await this.attempts.count(entry.id);
    } catch (error) {
      this.logger.warn({ err: error }, 'a refusal by the blacklist could not be counted');
    }
  }

  /** The same with the commit of the open transaction. */
  countWithCommit(facts: ClientFacts, refusal: RefusalCode): void {
    const entry = entryBehind(facts, refusal);
    if (entry) this.attempts.countWithCommit(entry.id);
  }

  /** The entry that names the address or the device, or null; counts nothing. */
  async lookUp(app: ClientApp, client: Presented, ip: string | null): Promise<BlacklistHit | null> {
    const hits = await this.blacklist.screen(app, screened(client, ip));
    return hits.ip ?? hits.hwid;
  }

  /** Looks a presented key up, unless too many unknown ones came from there; see KeyGuesses. */
  presentedKey<T>(
    door: Door,
    origin: Origin,
    lookUp: () => Promise<T>,
    isKnown: (found: T) => boolean,
  ): Promise<Verdict<T, 'CLIENT_SIGN_IN_LOCKED'>> {
    return this.guesses.evaluate(door, origin, lookUp, isKnown);
  }

  /**
   * Once a minute: what a trusted proxy says of its clients is no address, so no entry that names
   * addresses can hold for them.
   */
  private warnOfAddress(ip: string): void {
    const now = monotonicMs();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    this.logger.warn({ ip }, 'a proxy tells no address of its client, blacklisted ones pass');
  }
}

function screened({ hwid = null, username = null, key = null }: Presented, ip: string | null) {
  return { ip, hwid, username, key };
}

const NAMED_BY: Partial<Record<RefusalCode, keyof Screened>> = {
  IP_BLACKLISTED: 'ip',
  HWID_BLACKLISTED: 'hwid',
  USERNAME_BLACKLISTED: 'username',
  KEY_BLACKLISTED: 'key',
};

function entryBehind({ blacklisted }: ClientFacts, refusal: RefusalCode) {
  const kind = NAMED_BY[refusal];
  return (kind && blacklisted?.[kind]) ?? null;
}
