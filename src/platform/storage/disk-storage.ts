import { constants } from 'node:fs';
import { FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseUuid } from '../../kernel';
import type { ByteRange } from '../crypto';
import { BlobStorage } from './blob-storage';
import { storageFull, storageUnavailable } from './storage.errors';

/** Twice so much is held for each reader. */
const READ_BYTES = 262_144;
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Blobs as files: `<root>/<last two digits of the id>/<id>`. Nothing a user wrote is ever part of a
 * path.
 */
export class DiskStorage extends BlobStorage {
  constructor(private readonly root: string) {
    super();
  }

  async write(id: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const path = this.pathOf(id);
    const folder = dirname(path);
    await onDisk(mkdir(folder, { recursive: true, mode: 0o700 }));
    const file = await onDisk(open(path, 'wx', 0o600));
    try {
      for await (const chunk of chunks) await onDisk(writeAll(file, chunk));
      await onDisk(file.sync());
    } finally {
      await file.close();
    }
    // A file is there after a loss of power only when its folder says so as well.
    await onDisk(syncFolder(folder));
    await onDisk(syncFolder(this.root));
  }

  async *read(id: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
    const file = await onDisk(open(this.pathOf(id), 'r'));
    const buffers = [0, 1].map(() => Buffer.allocUnsafe(Math.min(READ_BYTES, end - start)));
    let turn = 0;
    let next = onDisk(readSome(file, buffers[0]!, start, end));
    try {
      for (let at = start; at < end;) {
        const chunk = await next;
        // A file that is shorter than it should be: who decrypts it notices.
        if (chunk.length === 0) return;
        at += chunk.length;
        turn = 1 - turn;
        next = at < end ? onDisk(readSome(file, buffers[turn]!, at, end)) : Promise.resolve(chunk);
        next.catch(() => undefined);
        yield chunk;
      }
    } finally {
      // The file is not closed under a read that is still under way.
      await next.catch(() => undefined);
      await file.close();
    }
  }

  async delete(id: string): Promise<void> {
    await onDisk(rm(this.pathOf(id), { force: true }));
  }

  private pathOf(id: string): string {
    const uuid = parseUuid(id);
    if (uuid === null) throw new Error('a blob is named by a UUID');
    return join(this.root, uuid.slice(-2), uuid);
  }
}

async function readSome(file: FileHandle, into: Buffer, at: number, end: number): Promise<Buffer> {
  const wanted = Math.min(into.length, end - at);
  const { bytesRead } = await file.read(into, 0, wanted, at);
  return into.subarray(0, bytesRead);
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  await handle.sync().finally(() => handle.close());
}

/** @throws STORAGE_FULL, STORAGE_UNAVAILABLE in place of what the system says */
async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw FULL.has((error as NodeJS.ErrnoException).code ?? '')
      ? storageFull(error)
      : storageUnavailable(error);
  }
}
