import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileKeeping } from '../../src/modules/files';
import type { TestServer } from '../support/server';

/** Ids of the blobs on a disk; throws for anything else that lies there. */
export function blobsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((shard) => {
      const names = shard.isDirectory() ? readdirSync(join(folder, shard.name)) : [shard.name];
      const good = names.every((name) => /^[0-9a-f-]{36}$/.test(name) && name.endsWith(shard.name));
      if (!good) throw new Error(`a strange thing in the storage: ${shard.name}: ${names.join()}`);
      return names;
    })
    .sort();
}

export function pathOfBlob(folder: string, id: string): string {
  return join(folder, id.slice(-2), id);
}

/** Lets ten minutes pass for what nobody uses, and sweeps as the background job would. */
export async function sweepLater(
  server: Pick<TestServer, 'app' | 'database'>,
  minutes = 10,
): Promise<number> {
  await server.database.rows('UPDATE file_blobs SET touched_at = touched_at - $1::interval', [
    `${minutes} minutes`,
  ]);
  return server.app.get(FileKeeping, { strict: false }).sweep(new AbortController().signal);
}

/** Ids of the contents that files have. */
export async function published(server: Pick<TestServer, 'database'>): Promise<string[]> {
  const rows = await server.database.rows<{ id: string }>(
    'SELECT blob_id AS id FROM files WHERE blob_id IS NOT NULL ORDER BY 1',
  );
  return rows.map(({ id }) => id);
}
