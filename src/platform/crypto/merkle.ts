import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 9162 (2.1): leaves in order, every root names all of them. Numbers of
 * leaves are safe integers, so nothing here shifts bits.
 */

/** A complete subtree: the leaves from `place · 2^level` up to before `(place + 1) · 2^level`. */
export interface NodeAt {
  readonly level: number;
  readonly place: number;
}

/** Leaves from `start` up to before `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

const HASH_BYTES = 32;
const EMPTY_ROOT = sha256Bytes(Buffer.alloc(0));

/** SHA-256 of the bytes. */
export function sha256Bytes(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** Hash of a leaf: the prefix 0x00 keeps it from ever being taken for a node. */
export function leafHash(leaf: string): Buffer {
  return sha256Bytes(Buffer.from(`\0${leaf}`, 'utf8'));
}

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** Hash of a node over its two children. */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256Bytes(pair);
}

/** The complete subtrees that a range falls into, from the left; see `rootOver`. */
export function subtreesOf({ start, end }: LeafRange): NodeAt[] {
  const found: NodeAt[] = [];
  for (let next = start; next < end;) {
    let [level, leaves] = [0, 1];
    while (next % (2 * leaves) === 0 && next + 2 * leaves <= end) {
      leaves *= 2;
      level++;
    }
    found.push({ level, place: next / leaves });
    next += leaves;
  }
  return found;
}

/** The root over subtrees of falling size, from the left. */
export function rootOver(subtrees: readonly Buffer[]): Buffer {
  if (subtrees.length === 0) return EMPTY_ROOT;
  return subtrees.reduceRight((right, left) => nodeHash(left, right));
}

/** The ranges whose roots are the inclusion proof of leaf `index` in a tree of `size` leaves. */
export function inclusionPath(index: number, size: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      path.unshift({ start: middle, end });
      end = middle;
    } else {
      path.unshift({ start, end: middle });
      start = middle;
    }
  }
  return path;
}

/**
 * The ranges whose roots prove that the tree of `size` leaves only adds to that of its first
 * `earlier` ones; `earlier` is from 1 to `size`.
 */
export function consistencyPath(earlier: number, size: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [start, end] = [0, size];
  while (end !== earlier) {
    const middle = start + split(end - start);
    if (earlier <= middle) {
      path.unshift({ start: middle, end });
      end = middle;
    } else {
      path.unshift({ start, end: middle });
      start = middle;
    }
  }
  // The earlier root itself is known to whoever asks.
  if (start > 0) path.unshift({ start, end });
  return path;
}

/** The largest power of two below `leaves`. */
function split(leaves: number): number {
  let power = 1;
  while (2 * power < leaves) power *= 2;
  return power;
}

/** A tree that only grows, known by the roots of its complete subtrees. */
export class GrowingTree {
  private readonly peaks: Buffer[];

  /** `peaks` are the hashes of `subtreesOf({start: 0, end: size})`. */
  constructor(
    private leaves = 0,
    peaks: readonly Buffer[] = [],
  ) {
    this.peaks = [...peaks];
  }

  get size(): number {
    return this.leaves;
  }

  get root(): Buffer {
    return rootOver(this.peaks);
  }

  /** Adds a leaf by its hash; tells of each node that this completed. */
  append(leaf: Buffer, completed?: (node: NodeAt, hash: Buffer) => void): void {
    let [top, level, place] = [leaf, 0, this.leaves++];
    while (place % 2 === 1) {
      top = nodeHash(this.peaks.pop()!, top);
      place = (place - 1) / 2;
      completed?.({ level: ++level, place }, top);
    }
    this.peaks.push(top);
  }
}
