import { IpAddress, IpNetwork, maskedWord } from './address';

type Key = number | string;

/** Values by network, found by an address in as many steps as there are different prefixes. */
export class NetworkTable<T> {
  /** For IPv4 and for IPv6: prefix lengths, the longest first, with the values of each. */
  private readonly families: [prefix: number, values: Map<Key, T>][][] = [[], []];

  /** A second value for the same network takes the place of the first. */
  set({ first, prefix }: IpNetwork, value: T): void {
    const family = this.family(first);
    let row = family.find(([length]) => length === prefix);
    if (!row) {
      row = [prefix, new Map()];
      family.push(row);
      family.sort(([a], [b]) => b - a);
    }
    row[1].set(keyOf(first, prefix), value);
  }

  /** The value of the smallest network that holds the address and whose value is accepted. */
  find(address: IpAddress, accept: (value: T) => boolean): T | null {
    for (const [prefix, values] of this.family(address)) {
      const value = values.get(keyOf(address, prefix));
      if (value !== undefined && accept(value)) return value;
    }
    return null;
  }

  get isEmpty(): boolean {
    return this.families.every((family) => family.length === 0);
  }

  private family(address: IpAddress) {
    return this.families[address.length === 1 ? 0 : 1]!;
  }
}

function keyOf(words: IpAddress, prefix: number): Key {
  const [a, b, c, d] = words;
  if (words.length === 1) return maskedWord(a!, prefix);
  return `${maskedWord(a!, prefix)}:${maskedWord(b!, prefix - 32)}:${maskedWord(c!, prefix - 64)}:${maskedWord(d!, prefix - 96)}`;
}
