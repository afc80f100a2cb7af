import { Inject, Injectable } from '@nestjs/common';
import { FileHandle, open } from 'node:fs/promises';
import type { Config } from '../../config';
import { CONFIG } from '../../platform/config-token';
import type { SigningKey } from '../../platform/crypto';
import { AuditTreeRepository } from './audit-tree.repository';
import { Checkpoints } from './checkpoints';
import { Checkpoint, CheckpointsRepository } from './checkpoints.repository';

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

const BATCH = 100;

/** What of the file is known: how long it is, and how many leaves it tells of. */
interface FileState {
  readonly bytes: number;
  readonly size: number;
}

/**
 * The checkpoints outside the database, one JSON object a line. Whoever can change the database
 * cannot change a file that was copied elsewhere. It carries the hash of every leaf, so the first
 * record that is no longer what it was can be named.
 */
@Injectable()
export class CheckpointFile {
  private known: FileState | null = null;

  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly rows: CheckpointsRepository,
    private readonly tree: AuditTreeRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Appends the checkpoints that the file lacks; returns how many. Nothing without the setting. */
  async write(): Promise<number> {
    const path = this.config.AUDIT_CHECKPOINT_FILE;
    if (path === undefined) return 0;
    const file = await open(path, 'a+', 0o600);
    try {
      const { size: bytes } = await file.stat();
      const known = this.known?.bytes === bytes ? this.known : { bytes, size: await told(file) };
      let { size } = known;
      const missing = await this.rows.after(size, BATCH);
      // What a crash left half written ends there; it is no line, and the next one is whole.
      if (missing.length > 0 && (await isTorn(file, bytes))) await file.appendFile('\n');
      for (const checkpoint of missing) {
        await file.appendFile(`${JSON.stringify(await this.line(checkpoint, size))}\n`);
        size = checkpoint.size;
      }
      if (missing.length > 0) await file.sync();
      this.known = { bytes: (await file.stat()).size, size };
      return missing.length;
    } finally {
      await file.close();
    }
  }

  private async line(checkpoint: Checkpoint, from: number): Promise<ExportedCheckpoint> {
    const leaves = await this.tree.leafHashes(from, checkpoint.size);
    const exported = exportedCheckpoint(checkpoint, this.checkpoints.key);
    return { ...exported, from, leaves: leaves.toString('base64') };
  }
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

async function isTorn(file: FileHandle, bytes: number): Promise<boolean> {
  if (bytes === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, bytes - 1);
  return buffer[0] !== 0x0a;
}

/** Number of leaves that the whole lines of the file tell of. */
async function told(file: FileHandle): Promise<number> {
  let size = 0;
  for await (const line of file.readLines({ start: 0, autoClose: false })) {
    const found = line.endsWith('}') && /^\{"size":(\d{1,15}),/.exec(line);
    if (found) size = Number(found[1]);
  }
  return size;
}
