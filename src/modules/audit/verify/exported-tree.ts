import { GrowingTree, isSignedBy } from '../../../platform/crypto';
import { checkpointText } from '../domain/leaf';
import { ExportedCheckpoint, parseExported } from '../exported-checkpoint';

const HASH_BYTES = 32;

/** What a file of checkpoints proves: the hashes of the leaves, in order. */
export interface ExportedTree {
  /** 32 bytes a leaf; only as far as signed roots confirm them. */
  readonly leaves: Buffer;
  readonly size: number;
  readonly checkpoints: number;
  /** Lines that say nothing, such as one that a crash left half written. */
  readonly skipped: number;
  readonly publicKey: string;
}

/** A file of checkpoints that proves nothing; the message says why. */
export class CheckpointFileError extends Error {}

/**
 * Reads a file of checkpoints. `publicKey` (base64) is the key that must have signed; null takes the
 * one that the first line names, which proves no more than that all lines agree.
 * @throws CheckpointFileError naming the first checkpoint that does not hold
 */
export async function readCheckpoints(
  lines: AsyncIterable<string> | Iterable<string>,
  publicKey: string | null,
): Promise<ExportedTree> {
  const tree = new ToldTree();
  let [key, checkpoints, skipped] = [publicKey, 0, 0];
  for await (const line of lines) {
    if (line === '') continue;
    const checkpoint = parseExported(line);
    if (!checkpoint) {
      skipped++;
      continue;
    }
    key ??= checkpoint.publicKey;
    requireSignature(checkpoint, key);
    tree.add(checkpoint);
    checkpoints++;
  }
  if (key === null || checkpoints === 0) throw new CheckpointFileError('no checkpoint is in it');
  const { size } = tree;
  return { leaves: tree.leaves(0, size), size, checkpoints, skipped, publicKey: key };
}

function requireSignature(checkpoint: ExportedCheckpoint, key: string): void {
  const { size, root, issuedAt, publicKey, signature } = checkpoint;
  const text = checkpointText(size, root, issuedAt);
  const good = isSignedBy(Buffer.from(key, 'base64'), text, Buffer.from(signature, 'base64'));
  if (publicKey !== key || !good) {
    throw new CheckpointFileError(`the checkpoint of ${size} entries is not signed by the key`);
  }
}

/** The leaves that the lines told of so far, with the tree over them. */
class ToldTree {
  private readonly tree = new GrowingTree();
  private bytes = Buffer.alloc(1_024 * HASH_BYTES);

  get size(): number {
    return this.tree.size;
  }

  /** The hashes of leaves from `from` up to before `to`. */
  leaves(from: number, to: number): Buffer {
    return this.bytes.subarray(from * HASH_BYTES, to * HASH_BYTES);
  }

  /**
   * Adds the leaves of a checkpoint that are new, and holds its root against all. It may be of fewer
   * leaves than are known: several processes may have written the same file.
   */
  add({ size, root, from = 0, leaves = '' }: ExportedCheckpoint): void {
    const hashes = Buffer.from(leaves, 'base64');
    if (from < 0 || from > this.size || hashes.length !== HASH_BYTES * (size - from)) {
      throw new CheckpointFileError(
        `the checkpoint of ${size} entries does not follow the one before`,
      );
    }
    const known = this.leaves(from, Math.min(size, this.size));
    const agrees = known.equals(hashes.subarray(0, known.length));
    this.append(hashes.subarray(known.length));
    if (!agrees || this.rootOf(size).toString('hex') !== root) {
      throw new CheckpointFileError(
        `the leaves do not give the root of the checkpoint of ${size} entries`,
      );
    }
  }

  private append(hashes: Buffer): void {
    const end = this.size * HASH_BYTES;
    if (end + hashes.length > this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(end + hashes.length)]);
    }
    hashes.copy(this.bytes, end);
    grow(this.tree, hashes);
  }

  private rootOf(size: number): Buffer {
    if (size === this.size) return this.tree.root;
    return grow(new GrowingTree(), this.leaves(0, size)).root;
  }
}

function grow(tree: GrowingTree, hashes: Buffer): GrowingTree {
  for (let at = 0; at < hashes.length; at += HASH_BYTES) {
    tree.append(hashes.subarray(at, at + HASH_BYTES));
  }
  return tree;
}
