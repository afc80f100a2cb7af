import { GrowingTree, isSignedBy } from '../../../platform/crypto';
import type { ExportedCheckpoint } from '../checkpoint-file';
import { checkpointText } from '../domain/leaf';

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
  const tree = new GrowingTree();
  const parts: Buffer[] = [];
  let [key, checkpoints, skipped] = [publicKey, 0, 0];
  for await (const line of lines) {
    if (line === '') continue;
    const checkpoint = parsed(line);
    if (!checkpoint) {
      skipped++;
      continue;
    }
    key ??= checkpoint.publicKey;
    requireSignature(checkpoint, key);
    parts.push(grow(tree, checkpoint));
    checkpoints++;
  }
  if (key === null || checkpoints === 0) throw new CheckpointFileError('no checkpoint is in it');
  return { leaves: Buffer.concat(parts), size: tree.size, checkpoints, skipped, publicKey: key };
}

function parsed(line: string): ExportedCheckpoint | null {
  try {
    const value = JSON.parse(line) as Partial<ExportedCheckpoint>;
    const texts = [value.root, value.issuedAt, value.publicKey, value.signature];
    const whole = Number.isSafeInteger(value.size) && texts.every((x) => typeof x === 'string');
    return whole ? (value as ExportedCheckpoint) : null;
  } catch {
    return null;
  }
}

function requireSignature(checkpoint: ExportedCheckpoint, key: string): void {
  const { size, root, issuedAt, publicKey, signature } = checkpoint;
  const text = checkpointText(size, root, issuedAt);
  const good = isSignedBy(Buffer.from(key, 'base64'), text, Buffer.from(signature, 'base64'));
  if (publicKey !== key || !good) {
    throw new CheckpointFileError(`the checkpoint of ${size} entries is not signed by the key`);
  }
}

/** Adds the leaves of a checkpoint that are new, and holds its root against them; returns those. */
function grow(tree: GrowingTree, checkpoint: ExportedCheckpoint): Buffer {
  const { size, root, from = 0, leaves = '' } = checkpoint;
  const hashes = Buffer.from(leaves, 'base64');
  if (from > tree.size || hashes.length !== HASH_BYTES * (size - from) || size < tree.size) {
    throw new CheckpointFileError(
      `the checkpoint of ${size} entries does not follow the one before`,
    );
  }
  const fresh = hashes.subarray(HASH_BYTES * (tree.size - from));
  for (let at = 0; at < fresh.length; at += HASH_BYTES) {
    tree.append(fresh.subarray(at, at + HASH_BYTES));
  }
  if (tree.root.toString('hex') !== root) {
    throw new CheckpointFileError(
      `the leaves do not give the root of the checkpoint of ${size} entries`,
    );
  }
  return fresh;
}
