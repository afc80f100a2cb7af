import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '../../platform/database';
import { BlacklistRepository, BlacklistValue } from './blacklist.repository';
import { blacklistKey, BlacklistType } from './domain/blacklist';

/** What is known of a client before its credentials are looked at. */
export interface Screened {
  readonly ip: string | null;
  readonly hwid: string | null;
  readonly username: string | null;
}

export interface BlacklistHits {
  readonly ip: boolean;
  readonly hwid: boolean;
  readonly username: boolean;
}

const CLEAN: BlacklistHits = { ip: false, hwid: false, username: false };
/** A longer list is not remembered; each client is then looked up. */
const MAX_VALUES = 10_000;
const MAX_APPS = 1_000;

/**
 * Tells whether a client is on the list. Lists are remembered per process while the change feed
 * vouches for them, so that most requests cost no query.
 */
@Injectable()
export class BlacklistScreen {
  private readonly lists = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly entries: BlacklistRepository,
    private readonly changes: ChangeFeed,
  ) {
    changes.subscribe((topic, id) => {
      if (topic === 'everything') this.lists.clear();
      if (topic === 'app') this.lists.delete(id);
    });
  }

  /** The answer if it can be given without a query, else null. */
  remembered(appId: string, client: Screened): BlacklistHits | null {
    const list = this.changes.isTrusted() ? this.lists.get(appId) : undefined;
    if (!list) return null;
    return list.size === 0 ? CLEAN : hits(valuesOf(client), list);
  }

  async screen(appId: string, client: Screened): Promise<BlacklistHits> {
    const known = this.remembered(appId, client);
    if (known) return known;
    const mark = this.changes.mark();
    const values = await this.entries.values(appId, MAX_VALUES + 1);
    const wanted = valuesOf(client);
    if (values.length > MAX_VALUES) {
      return hits(wanted, new Set((await this.entries.matching(appId, wanted)).map(text)));
    }
    const list = new Set(values.map(text));
    if (!this.changes.changedSince(mark, [`app:${appId}`])) this.remember(appId, list);
    return hits(wanted, list);
  }

  private remember(appId: string, list: ReadonlySet<string>): void {
    if (this.lists.size >= MAX_APPS) this.lists.clear();
    this.lists.set(appId, list);
  }
}

function valuesOf({ ip, hwid, username }: Screened): BlacklistValue[] {
  const given: [BlacklistType, string | null][] = [
    ['IP', ip],
    ['HWID', hwid],
    ['USERNAME', username],
  ];
  return given.flatMap(([type, value]) =>
    value === null ? [] : [{ type, valueKey: blacklistKey(type, value) }],
  );
}

function hits(wanted: readonly BlacklistValue[], list: ReadonlySet<string>): BlacklistHits {
  const found = (type: BlacklistType) =>
    wanted.some((value) => value.type === type && list.has(text(value)));
  return { ip: found('IP'), hwid: found('HWID'), username: found('USERNAME') };
}

function text({ type, valueKey }: BlacklistValue): string {
  return `${type} ${valueKey}`;
}
