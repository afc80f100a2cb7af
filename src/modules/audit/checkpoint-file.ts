import { Inject, Injectable } from '@nestjs/common';
import { FileHandle, open } from 'node:fs/promises';
import type { Config } from '../../config';
import { JobLocks } from '../../platform/background';
import { CONFIG } from '../../platform/config-token';
import { Transactions } from '../../platform/database';
import { AuditTreeRepository } from './audit-tree.repository';
import { Checkpoints } from './checkpoints';
import { Checkpoint, CheckpointsRepository } from './checkpoints.repository';
import { ExportedCheckpoint, exportedCheckpoint, parseExported } from './exported-checkpoint';

const BATCH = 100;
const LOCK = 'write the file of audit checkpoints';

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
    private readonly transactions: Transactions,
    private readonly locks: JobLocks,
    private readonly checkpoints: Checkpoints,
    private readonly rows: CheckpointsRepository,
    private readonly tree: AuditTreeRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Appends the checkpoints that the file lacks; returns how many. Nothing without the setting. One
   * process at a time: what another one is writing is neither repeated nor taken for torn.
   */
  async write(): Promise<number> {
    const path = this.config.AUDIT_CHECKPOINT_FILE;
    if (path === undefined) return 0;
    return this.transactions.run(async () => {
      await this.locks.take(LOCK);
      return this.append(path);
    });
  }

  private async append(path: string): Promise<number> {
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

async function isTorn(file: FileHandle, bytes: number): Promise<boolean> {
  if (bytes === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, bytes - 1);
  return buffer[0] !== 0x0a;
}

/** Number of leaves that the whole lines of the file tell of. */
async function told(file: FileHandle): Promise<number> {
  let size = 0;
  for await (const line of file.readLines({ start: 0, autoClose: false })) {
    size = Math.max(size, parseExported(line)?.size ?? 0);
  }
  return size;
}
