import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../platform/clock';
import { ChangeFeed } from '../../platform/database';
import { addressText, parseAddress } from '../../platform/network';
import { BlacklistHit, BlacklistHits, BlacklistList, CLEAN, Screened } from './blacklist-list';
import { BlacklistRepository, Scope, TextValue } from './blacklist.repository';
import { comparedForm } from './domain/blacklist';

/** A longer list is not remembered; each client is then looked up. */
const MAX_ENTRIES = 10_000;
const MAX_LISTS = 1_000;
const TOO_LONG = 'too long';

/** Whose entries hold for an application: its own and its seller's. */
const ownersOf = ({ id, sellerId }: Scope) => (id === null ? [sellerId] : [id, sellerId]);

/**
 * Tells whether a client is on the list. Lists are remembered per process while the change feed
 * vouches for them, so that most requests cost no query; any other look costs one.
 */
@Injectable()
export class BlacklistScreen {
  /** By the id of the application or the seller whose entries they hold. */
  private readonly lists = new Map<string, BlacklistList | typeof TOO_LONG>();

  constructor(
    private readonly entries: BlacklistRepository,
    private readonly changes: ChangeFeed,
    private readonly clock: DatabaseClock,
  ) {
    changes.subscribe((topic, id) => {
      if (topic === 'everything') this.lists.clear();
      if (topic === 'app' || topic === 'seller-blacklist') this.lists.delete(id);
    });
  }

  /** The answer if it can be given without a query, else null. */
  remembered(scope: Scope, client: Screened): BlacklistHits | null {
    if (!this.changes.isTrusted()) return null;
    const lists = ownersOf(scope).map((owner) => this.lists.get(owner));
    return lists.every((list) => list instanceof BlacklistList) ? this.judge(lists, client) : null;
  }

  async screen(scope: Scope, client: Screened): Promise<BlacklistHits> {
    const known = this.remembered(scope, client);
    if (known) return known;
    const owners = ownersOf(scope);
    // Neither worth reading as a whole: what cannot be remembered, and what is too long to be.
    const tooLong = owners.some((owner) => this.lists.get(owner) === TOO_LONG);
    if (!this.changes.isTrusted() || tooLong) return this.lookUp(owners, client);
    const lists = await this.read(owners);
    const complete = lists.every((list) => list instanceof BlacklistList);
    return complete ? this.judge(lists, client) : this.lookUp(owners, client);
  }

  /** The lists of the owners, those that are not remembered by one statement. */
  private async read(owners: readonly string[]) {
    const missing = owners.filter((owner) => !this.lists.has(owner));
    const mark = this.changes.mark();
    const rows = await this.entries.standing(missing, MAX_ENTRIES + 1);
    const read = new Map(
      missing.map((owner) => {
        const own = rows.filter((row) => row.owner === owner);
        return [owner, own.length > MAX_ENTRIES ? TOO_LONG : new BlacklistList(own)] as const;
      }),
    );
    const topics = missing.flatMap((owner) => [`app:${owner}`, `seller-blacklist:${owner}`]);
    if (!this.changes.changedSince(mark, topics)) {
      for (const [owner, list] of read) this.remember(owner, list);
    }
    return owners.map((owner) => read.get(owner) ?? this.lists.get(owner));
  }

  private judge(lists: readonly BlacklistList[], client: Screened): BlacklistHits {
    const now = this.clock.nowMs();
    return lists.map((list) => list.hits(client, now)).reduce(either);
  }

  private async lookUp(owners: readonly string[], { ip, hwid, username, key }: Screened) {
    const address = ip === null ? null : parseAddress(ip);
    const texts: TextValue[] = [];
    if (hwid !== null) texts.push({ type: 'HWID', valueKey: comparedForm('HWID', hwid) });
    if (username !== null) {
      texts.push({ type: 'USERNAME', valueKey: comparedForm('USERNAME', username) });
    }
    if (key !== null) texts.push({ type: 'KEY', valueKey: comparedForm('KEY', key) });
    if (!address && texts.length === 0) return CLEAN;
    const found = await this.entries.matching(owners, address && addressText(address), texts);
    const hit = (type: string) => found.find((entry) => entry.type === type) ?? null;
    return { ip: hit('IP'), hwid: hit('HWID'), username: hit('USERNAME'), key: hit('KEY') };
  }

  private remember(owner: string, list: BlacklistList | typeof TOO_LONG): void {
    if (this.lists.size >= MAX_LISTS) this.lists.clear();
    this.lists.set(owner, list);
  }
}

/** What either list says; the first, when both do. */
function either(one: BlacklistHits, other: BlacklistHits): BlacklistHits {
  if (other === CLEAN) return one;
  const first = (kind: keyof BlacklistHits): BlacklistHit | null => one[kind] ?? other[kind];
  return { ip: first('ip'), hwid: first('hwid'), username: first('username'), key: first('key') };
}
