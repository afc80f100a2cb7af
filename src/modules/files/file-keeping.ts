import { Inject, Injectable } from '@nestjs/common';
import { FileKeys } from '../../platform/crypto';
import { LOGGER, Logger } from '../../platform/logging';
import { BlobStorage } from '../../platform/storage';
import { BlobsRepository } from './blobs.repository';

/**
 * Seconds after which a content that nobody uses or works on is removed: long enough for those who
 * were about to read it, and six times what an upload needs to say that it is alive.
 */
const FORGOTTEN_SECONDS = 180;
const BATCH = 50;
const KEYS_BATCH = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** What is done for the stored contents in the background, or by the operator. */
@Injectable()
export class FileKeeping {
  constructor(
    private readonly blobs: BlobsRepository,
    private readonly storage: BlobStorage,
    private readonly keys: FileKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Removes what nobody uses any more: contents that were replaced, whose file or application was
   * deleted, or whose upload ended with its process. One that cannot be removed keeps no other; it
   * is tried again minutes later. Returns how many were removed.
   */
  async sweep(stopping: AbortSignal): Promise<number> {
    for (let count = 0; ;) {
      const ids = await this.blobs.doomForgotten(FORGOTTEN_SECONDS, BATCH);
      const before = count;
      for (const id of ids) {
        if (stopping.aborted) return count;
        if (await this.remove(id)) count++;
      }
      // Where none of them could be removed, the next ones will hardly be.
      if (ids.length < BATCH || count === before) return count;
    }
  }

  private async remove(blobId: string): Promise<boolean> {
    try {
      await this.storage.delete(blobId);
      await this.blobs.forget(blobId);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, blobId }, 'a content cannot be removed, will try again');
      return false;
    }
  }

  /**
   * Wraps the keys of all contents with the current master key; the contents stay as they are, and
   * may be read and written meanwhile. Returns how many keys were wrapped again.
   * @throws when a key was wrapped with a master key that is not configured
   */
  async rewrap(): Promise<number> {
    const { currentId } = this.keys;
    let after = FIRST_ID;
    for (let count = 0; ;) {
      const keys = await this.blobs.keysNotUnder(currentId, after, KEYS_BATCH);
      if (keys.length === 0) return count;
      const rewrapped = keys.map((key) => ({ id: key.id, ...this.keys.rewrap(key, key.id) }));
      await this.blobs.rewrap(currentId, rewrapped);
      count += keys.length;
      after = keys.at(-1)!.id;
    }
  }
}
