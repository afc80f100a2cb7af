import { NetworkTable, parseAddress, parseNetwork } from '../../platform/network';
import { BlacklistType, comparedForm, TextType } from './domain/blacklist';

/** What is known of a client. Null is not known yet, and matches nothing. */
export interface Screened {
  readonly ip: string | null;
  readonly hwid: string | null;
  readonly username: string | null;
  /** The licence key it uses. */
  readonly key: string | null;
}

/** The entry that a client met. */
export interface BlacklistHit {
  readonly id: string;
  readonly reason: string | null;
}

export type BlacklistHits = Readonly<Record<keyof Screened, BlacklistHit | null>>;

/** An entry as it is remembered. */
export interface ListedEntry extends BlacklistHit {
  readonly type: BlacklistType;
  readonly valueKey: string;
  readonly expiresAt: Date | null;
}

export const CLEAN: BlacklistHits = { ip: null, hwid: null, username: null, key: null };

/** The blacklist of an application in memory. */
export class BlacklistList {
  private readonly networks = new NetworkTable<ListedEntry>();
  private readonly texts: Readonly<Record<TextType, Map<string, ListedEntry>>> = {
    HWID: new Map(),
    USERNAME: new Map(),
    KEY: new Map(),
  };

  constructor(private readonly entries: readonly ListedEntry[]) {
    for (const entry of entries) {
      const { type, valueKey } = entry;
      if (type === 'IP') this.networks.set(parseNetwork(valueKey), entry);
      else this.texts[type].set(valueKey, entry);
    }
  }

  /** The entries that stand at that time (Unix milliseconds) and name the client. */
  hits({ ip, hwid, username, key }: Screened, nowMs: number): BlacklistHits {
    if (this.entries.length === 0) return CLEAN;
    return {
      ip: this.holding(ip, nowMs),
      hwid: this.naming('HWID', hwid, nowMs),
      username: this.naming('USERNAME', username, nowMs),
      key: this.naming('KEY', key, nowMs),
    };
  }

  private holding(ip: string | null, nowMs: number): BlacklistHit | null {
    if (ip === null || this.networks.isEmpty) return null;
    const address = parseAddress(ip);
    return address && this.networks.find(address, (entry) => stands(entry, nowMs));
  }

  private naming(type: TextType, value: string | null, nowMs: number): BlacklistHit | null {
    const texts = this.texts[type];
    if (value === null || texts.size === 0) return null;
    const entry = texts.get(comparedForm(type, value));
    return entry && stands(entry, nowMs) ? entry : null;
  }
}

/** An expired entry is as if it were not there. */
function stands({ expiresAt }: ListedEntry, nowMs: number): boolean {
  return expiresAt === null || expiresAt.getTime() > nowMs;
}
