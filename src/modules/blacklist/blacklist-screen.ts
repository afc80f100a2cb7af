import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../platform/clock';
import { ChangeFeed } from '../../platform/database';
import { addressText, parseAddress } from '../../platform/network';
import { BlacklistHits, BlacklistList, CLEAN, Screened } from './blacklist-list';
import { BlacklistRepository, TextValue } from './blacklist.repository';
import { comparedForm } from './domain/blacklist';

/** A longer list is not remembered; each client is then looked up. */
const MAX_ENTRIES = 10_000;
const MAX_APPS = 1_000;
const TOO_LONG = 'too long';

/**
 * Tells whether a client is on the list. Lists are remembered per process while the change feed
 * vouches for them, so that most requests cost no query; any other look costs one.
 */
@Injectable()
export class BlacklistScreen {
  private readonly lists = new Map<string, BlacklistList | typeof TOO_LONG>();

  constructor(
    private readonly entries: BlacklistRepository,
    private readonly changes: ChangeFeed,
    private readonly clock: DatabaseClock,
  ) {
    changes.subscribe((topic, id) => {
      if (topic === 'everything') this.lists.clear();
      if (topic === 'app') this.lists.delete(id);
    });
  }

  /** The answer if it can be given without a query, else null. */
  remembered(appId: string, client: Screened): BlacklistHits | null {
    const list = this.changes.isTrusted() ? this.lists.get(appId) : undefined;
    return list && list !== TOO_LONG ? list.hits(client, this.clock.nowMs()) : null;
  }

  async screen(appId: string, client: Screened): Promise<BlacklistHits> {
    const known = this.remembered(appId, client);
    if (known) return known;
    // Neither worth reading as a whole: what cannot be remembered, and what is too long to be.
    if (!this.changes.isTrusted() || this.lists.has(appId)) return this.lookUp(appId, client);
    const mark = this.changes.mark();
    const rows = await this.entries.standing(appId, MAX_ENTRIES + 1);
    const list = rows.length > MAX_ENTRIES ? TOO_LONG : new BlacklistList(rows);
    if (!this.changes.changedSince(mark, [`app:${appId}`])) this.remember(appId, list);
    return list === TOO_LONG ? this.lookUp(appId, client) : list.hits(client, this.clock.nowMs());
  }

  private async lookUp(appId: string, { ip, hwid, username, key }: Screened) {
    const address = ip === null ? null : parseAddress(ip);
    const texts: TextValue[] = [];
    if (hwid !== null) texts.push({ type: 'HWID', valueKey: comparedForm('HWID', hwid) });
    if (username !== null) {
      texts.push({ type: 'USERNAME', valueKey: comparedForm('USERNAME', username) });
    }
    if (key !== null) texts.push({ type: 'KEY', valueKey: comparedForm('KEY', key) });
    if (!address && texts.length === 0) return CLEAN;
    const found = await this.entries.matching(appId, address && addressText(address), texts);
    const hit = (type: string) => found.find((entry) => entry.type === type) ?? null;
    return { ip: hit('IP'), hwid: hit('HWID'), username: hit('USERNAME'), key: hit('KEY') };
  }

  private remember(appId: string, list: BlacklistList | typeof TOO_LONG): void {
    if (this.lists.size >= MAX_APPS) this.lists.clear();
    this.lists.set(appId, list);
  }
}
