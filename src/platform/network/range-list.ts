import { setImmediate as turn } from 'node:timers/promises';
import { IpAddress, IpNetwork, maskedWord } from './address';

const DIGITS = 1 << 16;
const START_CAPACITY = 1_024;
/** Networks merged without a pause: a few milliseconds. */
const STEP = 10_000;

/** Ranges of addresses of one version that do not overlap, in order: found in O(log n). */
export class RangeList {
  constructor(
    private readonly words: number,
    private readonly starts: Uint32Array,
    private readonly ends: Uint32Array,
  ) {}

  get size(): number {
    return this.starts.length / this.words;
  }

  has(address: IpAddress): boolean {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAt(this.starts, middle * this.words, address) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compareAt(this.ends, (low - 1) * this.words, address) >= 0;
  }
}

/**
 * Gathers networks of one version in any order. Everything lies in typed arrays: at most 50 bytes
 * a network for IPv6 while it is sorted, 20 for IPv4.
 */
export class RangeListBuilder {
  private count = 0;
  private firsts: Uint32Array;
  private prefixes = new Uint8Array(START_CAPACITY);

  /** `words`: one for IPv4, four for IPv6. */
  constructor(private readonly words: number) {
    this.firsts = new Uint32Array(START_CAPACITY * words);
  }

  add({ first, prefix }: IpNetwork): void {
    if (this.count === this.prefixes.length) this.grow();
    this.firsts.set(first, this.count * this.words);
    this.prefixes[this.count++] = prefix;
  }

  /** Sorts and merges. Lets other work go on between its steps. */
  async build(): Promise<RangeList> {
    const { words } = this;
    const order = await this.sorted();
    const starts = new Uint32Array(this.count * words);
    const ends = new Uint32Array(this.count * words);
    let merged = 0;
    for (let done = 0; done < order.length; done += STEP) {
      for (const entry of order.subarray(done, done + STEP)) {
        const first = this.firstOf(entry);
        const last = lastOf(first, this.prefixes[entry]!);
        const current = (merged - 1) * words;
        if (merged > 0 && compareAt(ends, current, first) >= 0) {
          if (compareAt(ends, current, last) < 0) ends.set(last, current);
          continue;
        }
        starts.set(first, merged * words);
        ends.set(last, merged * words);
        merged++;
      }
      await turn();
    }
    return new RangeList(words, starts.slice(0, merged * words), ends.slice(0, merged * words));
  }

  private firstOf(entry: number): IpAddress {
    const first: number[] = [];
    for (let word = 0; word < this.words; word++) {
      first.push(this.firsts[entry * this.words + word]!);
    }
    return first;
  }

  /** Positions in the order of their first addresses: a radix sort, half a word at a time. */
  private async sorted(): Promise<Uint32Array> {
    let order = Uint32Array.from({ length: this.count }, (_, index) => index);
    let target = new Uint32Array(this.count);
    const ends = new Uint32Array(DIGITS);
    for (let word = this.words - 1; word >= 0; word--) {
      for (const shift of [0, 16]) {
        const digit = (entry: number) =>
          (this.firsts[entry * this.words + word]! >>> shift) & (DIGITS - 1);
        ends.fill(0);
        for (const entry of order) ends[digit(entry)]!++;
        for (let value = 1; value < DIGITS; value++) ends[value]! += ends[value - 1]!;
        for (let index = order.length - 1; index >= 0; index--) {
          const entry = order[index]!;
          target[--ends[digit(entry)]!] = entry;
        }
        [order, target] = [target, order];
        await turn();
      }
    }
    return order;
  }

  private grow(): void {
    const firsts = new Uint32Array(2 * this.firsts.length);
    firsts.set(this.firsts);
    const prefixes = new Uint8Array(2 * this.prefixes.length);
    prefixes.set(this.prefixes);
    this.firsts = firsts;
    this.prefixes = prefixes;
  }
}

function lastOf(first: IpAddress, prefix: number): IpAddress {
  return first.map((word, index) => (word | ~maskedWord(0xffffffff, prefix - 32 * index)) >>> 0);
}

/** The sign of the address that begins at `offset` minus the other. */
function compareAt(bounds: Uint32Array, offset: number, address: IpAddress): number {
  for (let word = 0; word < address.length; word++) {
    const difference = bounds[offset + word]! - address[word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
