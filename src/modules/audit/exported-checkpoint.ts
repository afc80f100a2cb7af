import type { SigningKey } from '../../platform/crypto';
import type { Checkpoint } from './checkpoints.repository';

/** A line of the file: a checkpoint, and the leaves it adds to the one before. */
export interface ExportedCheckpoint {
  readonly size: number;
  /** In hexadecimal, as the ids and hashes below. */
  readonly root: string;
  readonly issuedAt: string;
  readonly keyId: string;
  /** In base64, as the keys below. */
  readonly publicKey: string;
  readonly signature: string;
  /** Number of leaves that the lines before tell of. */
  readonly from?: number;
  /** The hashes of the leaves since, 32 bytes each. */
  readonly leaves?: string;
}

/** A checkpoint as it leaves the server, without leaves. */
export function exportedCheckpoint(
  { size, root, issuedAt, keyId, signature }: Checkpoint,
  { publicKey }: SigningKey,
): ExportedCheckpoint {
  return {
    size,
    root: root.toString('hex'),
    issuedAt: issuedAt.toISOString(),
    keyId,
    publicKey: publicKey.toString('base64'),
    signature: signature.toString('base64'),
  };
}

/** Reads a line of the file; null when it says nothing, such as one that a crash left half written. */
export function parseExported(line: string): ExportedCheckpoint | null {
  try {
    const value = JSON.parse(line) as Partial<ExportedCheckpoint>;
    const texts = [value.root, value.issuedAt, value.publicKey, value.signature];
    const whole = Number.isSafeInteger(value.size) && texts.every((x) => typeof x === 'string');
    return whole ? (value as ExportedCheckpoint) : null;
  } catch {
    return null;
  }
}
