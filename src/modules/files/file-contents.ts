import { Inject, Injectable } from '@nestjs/common';
import type { DomainError } from '../../kernel';
import {
  ByteRange,
  DamagedContentError,
  FileKeys,
  newId,
  openSegments,
  sealedRange,
  sealSegments,
  Sha256,
} from '../../platform/crypto';
import { LOGGER, Logger } from '../../platform/logging';
import { BlobStorage, storageUnavailable } from '../../platform/storage';
import { BlobsRepository, StoredKey } from './blobs.repository';
import { FileErrors } from './domain/files.errors';
import type { ContentFacts } from './files.repository';

/** How often an upload says that it is alive. */
const TOUCH_EVERY_MS = 30_000;

/** Bytes on their way out; `return` gives them up and closes what they come from. */
export interface ContentStream extends AsyncIterableIterator<Buffer, undefined> {
  return(): Promise<IteratorResult<Buffer, undefined>>;
}

/** Counts what comes in, before it is stored; may refuse it by throwing. */
export type Meter = (blobId: string, bytes: number) => Promise<void>;

/**
 * Contents: encrypted under a key of their own on the way in, verified and decrypted on the way
 * out. What is written stands in the database before its first byte is, so nothing is ever left
 * behind that nobody knows of.
 */
@Injectable()
export class FileContents {
  constructor(
    private readonly blobs: BlobsRepository,
    private readonly storage: BlobStorage,
    private readonly keys: FileKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Stores bytes as a content that nobody can see yet. `meter` hears how many they are as they come.
   * When anything fails, what was written is removed.
   * @throws STORAGE_FULL, STORAGE_UNAVAILABLE, and whatever `bytes` and `meter` throw
   */
  async store(sellerId: string, bytes: AsyncIterable<Buffer>, meter: Meter): Promise<ContentFacts> {
    const blobId = newId();
    const { key, ...wrapped } = this.keys.create(blobId);
    await this.blobs.announce(blobId, sellerId, wrapped);
    const digest = new Sha256();
    let size = 0;
    const life = this.watchOver(blobId);
    const counted = async function* () {
      for await (const chunk of bytes) {
        if (life.givenUp) throw storageUnavailable();
        size += chunk.length;
        await meter(blobId, size);
        digest.update(chunk);
        yield chunk;
      }
    };
    try {
      await this.storage.write(blobId, sealSegments(key, counted())).finally(life.end);
    } catch (error) {
      await this.discard(blobId);
      throw error;
    }
    return { blobId, size, sha256: digest.digest() };
  }

  /** Removes a content that was not published. What cannot be removed now, the sweeper removes. */
  async discard(blobId: string): Promise<void> {
    try {
      // Where the sweeper was faster, the last bytes may have come after it.
      if (!(await this.blobs.doom(blobId)) && (await this.blobs.wasPublished(blobId))) return;
      await this.storage.delete(blobId);
      await this.blobs.forget(blobId);
    } catch (error) {
      this.logger.warn({ err: error, blobId }, 'a content is left to the sweeper');
    }
  }

  /**
   * A range of a content, also of one that was replaced since its reader was told of it. Its first
   * segment is read and verified before this resolves.
   * @throws FILE_NOT_FOUND when that was minutes ago, FILE_DAMAGED, STORAGE_UNAVAILABLE
   */
  async open(
    { blobId, size }: Pick<ContentFacts, 'blobId' | 'size'>,
    range: ByteRange,
  ): Promise<ContentStream> {
    const stored = await this.blobs.key(blobId);
    if (!stored) throw FileErrors.FILE_NOT_FOUND();
    const key = this.keyOf(stored);
    const sealed = this.storage.read(blobId, sealedRange(size, range));
    const stream = this.verified(blobId, openSegments(key, size, range, sealed));
    const first = await stream.next();
    return resumed(first, stream);
  }

  /**
   * Says every half minute that a content is being written, however long the storage takes for a
   * piece or for the end of it; notices when it was given up all the same.
   */
  private watchOver(blobId: string): { readonly givenUp: boolean; readonly end: () => void } {
    const life = { givenUp: false, end: () => clearInterval(timer) };
    const touch = async () => {
      const alive = await this.blobs.touch(blobId);
      life.givenUp ||= !alive;
    };
    // Where the database is away for a moment, the next time says it.
    const timer = setInterval(() => void touch().catch(() => undefined), TOUCH_EVERY_MS);
    return life;
  }

  /** @throws FILE_DAMAGED also when the key is wrapped with a master key that is not configured */
  private keyOf(stored: StoredKey): Buffer {
    try {
      return this.keys.open(stored, stored.id);
    } catch (error) {
      throw this.damaged(stored.id, error);
    }
  }

  private async *verified(
    blobId: string,
    plain: AsyncIterable<Buffer>,
  ): AsyncGenerator<Buffer, undefined> {
    try {
      yield* plain;
    } catch (error) {
      throw error instanceof DamagedContentError ? this.damaged(blobId, error) : error;
    }
    return undefined;
  }

  /** Says so in the log, for half-way through a download nobody else would. */
  private damaged(blobId: string, cause: unknown): DomainError {
    this.logger.error({ err: cause, blobId }, 'a stored content cannot be opened');
    return FileErrors.FILE_DAMAGED({ cause });
  }
}

/**
 * A stream from which the first chunk was taken already. Not a generator: one that is given up
 * before its first step would not give up what it reads from.
 */
function resumed(
  first: IteratorResult<Buffer, undefined>,
  rest: AsyncGenerator<Buffer, undefined>,
): ContentStream {
  let held: IteratorResult<Buffer, undefined> | null = first;
  const stream: ContentStream = {
    next: () => {
      const taken = held;
      held = null;
      return taken ? Promise.resolve(taken) : rest.next();
    },
    return: () => rest.return(undefined),
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
