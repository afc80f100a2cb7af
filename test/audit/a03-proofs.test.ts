import {
  consistencyPath,
  GrowingTree,
  inclusionPath,
  LeafRange,
  leafHash,
  NodeAt,
  rootOver,
  subtreesOf,
} from '../../src/platform/crypto';
import { expectBroken, expectHeld, trials, unless } from '../races/support';
import { seeded } from '../security/support';
import { consistent, Hashing, includes, RFC9162, treeHash, UNPREFIXED } from '../support/rfc9162';

const LEAVES = 3_000;
const PAIRS = trials(10_000);

/** The tree as the server keeps it: leaves, and the complete subtrees over them. */
class StoredTree {
  readonly leaves: Buffer[] = [];
  readonly roots: Buffer[] = [];
  private readonly nodes = new Map<string, Buffer>();

  constructor(size: number) {
    const tree = new GrowingTree();
    for (let index = 0; index < size; index++) {
      this.roots.push(tree.root);
      const leaf = leafHash(`leaf ${index}`);
      this.leaves.push(leaf);
      tree.append(leaf, ({ level, place }, hash) => this.nodes.set(`${level} ${place}`, hash));
    }
    this.roots.push(tree.root);
  }

  at({ level, place }: NodeAt): Buffer {
    return level === 0 ? this.leaves[place]! : this.nodes.get(`${level} ${place}`)!;
  }

  prove(ranges: readonly LeafRange[]): Buffer[] {
    return ranges.map((range) => rootOver(subtreesOf(range).map((node) => this.at(node))));
  }
}

const tree = new StoredTree(LEAVES);
const flipped = (hash: Buffer) => Buffer.from(hash.map((byte, at) => (at === 7 ? byte ^ 1 : byte)));

describe('A-03 proofs, judged by a second implementation of RFC 9162', () => {
  test('A-03 the roots are those of the recursive definition, and of the vectors of RFC 6962', () => {
    for (const size of [0, 1, 2, 3, 7, 8, 1_000, 2_999, LEAVES]) {
      expect(tree.roots[size]).toEqual(treeHash(tree.leaves.slice(0, size)));
    }
    const known = new GrowingTree();
    const inputs = ['', '\0', '\x10', ' !', '01', '@ABC', 'PQRSTUVW', '`abcdefghijklmno'];
    const roots = inputs.map((input) => {
      known.append(leafHash(input));
      return known.root.toString('hex');
    });
    expect(roots[0]).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(roots[1]).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(roots[7]).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  test(`A-03 ${PAIRS} inclusion proofs convince it, and none of as many forged ones`, () => {
    const pick = seeded(903);
    const outcomes = Array.from({ length: PAIRS }, () => {
      const size = 2 + pick(LEAVES - 1);
      const index = pick(size);
      const path = tree.prove(inclusionPath(index, size));
      const root = tree.roots[size]!;
      const leaf = tree.leaves[index]!;
      const at = pick(path.length);
      const forged = [
        () => includes(leaf, (index + 1 + pick(size - 1)) % size, size, path, root),
        () => includes(flipped(leaf), index, size, path, root),
        () => includes(leaf, index, size, path.with(at, flipped(path[at]!)), root),
        () => includes(leaf, index, size, path.slice(1), root),
        () => includes(leaf, index, size, [...path, leaf], root),
        () => includes(leaf, index, size, path, tree.roots[size - 1]!),
      ][pick(6)]!;
      return [
        ...unless(includes(leaf, index, size, path, root), `${index} of ${size} is not proved`),
        ...unless(!forged(), `a forged proof of ${index} of ${size} passes`),
      ];
    });
    expectHeld('A-03 inclusion', outcomes);
  });

  test(`A-03 ${PAIRS} consistency proofs convince it, and none of as many forged ones`, () => {
    const pick = seeded(904);
    const outcomes = Array.from({ length: PAIRS }, () => {
      const second = 2 + pick(LEAVES - 1);
      const first = 1 + pick(second - 1);
      const path = tree.prove(consistencyPath(first, second));
      const [old, now] = [tree.roots[first]!, tree.roots[second]!];
      const at = pick(path.length);
      const forged = [
        () => consistent(first, second, flipped(old), now, path),
        () => consistent(first, second, old, flipped(now), path),
        () => consistent(first, second, old, now, path.with(at, flipped(path[at]!))),
        () => consistent(first, second, old, now, path.slice(0, -1)),
        () => consistent(first, second, old, now, [...path, old]),
      ][pick(5)]!;
      return [
        ...unless(consistent(first, second, old, now, path), `${first} to ${second} is not proved`),
        ...unless(!forged(), `a forged proof of ${first} to ${second} passes`),
      ];
    });
    expectHeld('A-03 consistency', outcomes);
    expect(consistencyPath(LEAVES, LEAVES)).toEqual([]);
  });

  /** Shows the two children of a node, one behind the other, as if they were a leaf's text. */
  function nodeAsLeaf(hashing: Hashing, pick: (below: number) => number): boolean {
    const leaves = Array.from({ length: 4 }, (_, n) =>
      hashing.leaf(Buffer.from(`${n} ${pick(1e9)}`)),
    );
    const root = treeHash(leaves, hashing);
    const text = Buffer.concat(leaves.slice(0, 2));
    const path = [hashing.node(leaves[2]!, leaves[3]!)];
    return includes(hashing.leaf(text), 0, 2, path, root, hashing);
  }

  test('A-03 no node passes for a leaf; twin: without the prefixes every one does', () => {
    const pick = seeded(905);
    const attempts = (hashing: Hashing) =>
      Array.from({ length: 200 }, () => unless(!nodeAsLeaf(hashing, pick), 'a node is a leaf'));
    expectHeld('A-03 second preimage', attempts(RFC9162));
    expectBroken('A-03 second preimage', attempts(UNPREFIXED));
  });
});
