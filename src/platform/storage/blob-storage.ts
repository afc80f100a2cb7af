import type { ByteRange } from '../crypto';

/**
 * Where contents are kept: bytes under an id that this server made (a UUID). What is written is
 * never changed, and nobody learns of it before it is written, so readers and writers of one id
 * never meet. Chunks are valid until the next one is asked for.
 */
export abstract class BlobStorage {
  /**
   * Writes a new blob; resolves when it would survive a loss of power. Whatever fails, the caller
   * deletes the id. Errors of `chunks` come out as they are.
   * @throws STORAGE_FULL, STORAGE_UNAVAILABLE
   */
  abstract write(id: string, chunks: AsyncIterable<Buffer>): Promise<void>;

  /** The bytes of a range that lies within the blob. @throws STORAGE_UNAVAILABLE */
  abstract read(id: string, range: ByteRange): AsyncIterable<Buffer>;

  /**
   * Removes a blob with everything an unfinished write left; nothing happens when there is none.
   * @throws STORAGE_UNAVAILABLE
   */
  abstract delete(id: string): Promise<void>;
}
