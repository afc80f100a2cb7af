import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditArchive, readCheckpoints } from '../../src/modules/audit';
import { AuditSequencer } from '../../src/modules/audit/audit-sequencer';
import { CheckpointFile } from '../../src/modules/audit/checkpoint-file';
import { Checkpoints } from '../../src/modules/audit/checkpoints';
import { Transactions } from '../../src/platform/database';
import { startTestServer, TestServer } from '../support/server';

/** A server whose jobs run when told, and that exports its checkpoints. */
export interface AuditServer extends TestServer {
  readonly checkpointFile: string;
  readonly directory: string;
  /** Makes leaves of all that was recorded. */
  takeIn(): Promise<void>;
  /** The same, and signs and exports the tree. */
  seal(): Promise<void>;
  /** The dump, a line each. */
  dump(): Promise<string[]>;
  /** What the exported file proves. */
  exported(publicKey?: string | null): ReturnType<typeof readCheckpoints>;
}

export async function anAuditServer(env: Record<string, string> = {}): Promise<AuditServer> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-audit-'));
  const checkpointFile = join(directory, 'checkpoints.jsonl');
  const server = await startTestServer({
    BACKGROUND_JOBS: 'false',
    AUDIT_CHECKPOINT_FILE: checkpointFile,
    ...env,
  });
  const get = <T>(type: new (...args: never[]) => T) => server.app.get(type, { strict: false });
  const takeIn = async () => {
    const transactions = get(Transactions);
    while ((await transactions.run(() => get(AuditSequencer).takeIn())) > 0);
  };
  return {
    ...server,
    checkpointFile,
    directory,
    takeIn,
    seal: async () => {
      await takeIn();
      await get(Checkpoints).issue();
      await get(CheckpointFile).write();
    },
    dump: () => dumpOf(get(AuditArchive)),
    exported: (key = null) =>
      readCheckpoints(readFileSync(checkpointFile, 'utf8').split('\n'), key),
    close: async () => {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

async function dumpOf(archive: AuditArchive): Promise<string[]> {
  let text = '';
  for await (const piece of archive.dump()) text += piece;
  return text.trimEnd().split('\n');
}
