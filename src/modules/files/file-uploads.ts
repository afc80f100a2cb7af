import { Injectable } from '@nestjs/common';
import { CommonErrors, SellerCaller } from '../../kernel';
import { Transactions } from '../../platform/database';
import { storageUnavailable } from '../../platform/storage';
import { BlobsRepository } from './blobs.repository';
import type { FileFacts } from './domain/file';
import { FileErrors } from './domain/files.errors';
import { FileBooks, Scope } from './file-books';
import { FileContents, Meter } from './file-contents';
import { ContentFacts, FilesRepository } from './files.repository';
import { FilesService, StoredFile } from './files.service';

/** Bytes on their way in. */
export interface Incoming {
  readonly bytes: AsyncIterable<Buffer>;
  /** How many the client said they are; null when it did not. */
  readonly declaredBytes: number | null;
}

/** A content that was received and belongs to no file yet. */
export type Received = ContentFacts;

/**
 * Contents on their way in: stored as they come, seen by nobody until one row says so. Whatever
 * fails on the way, nothing is published and nothing stays.
 */
@Injectable()
export class FileUploads {
  constructor(
    private readonly transactions: Transactions,
    private readonly files: FilesRepository,
    private readonly service: FilesService,
    private readonly contents: FileContents,
    private readonly blobs: BlobsRepository,
    private readonly books: FileBooks,
  ) {}

  /**
   * Stores what comes; `meter` hears how much it is. `create`, `replace` or `discard` must follow.
   * @throws STORAGE_FULL, STORAGE_UNAVAILABLE, MALFORMED_REQUEST when less comes than was declared
   */
  async receive(
    sellerId: string,
    { bytes, declaredBytes }: Incoming,
    meter: Meter,
  ): Promise<Received> {
    const content = await this.contents.store(sellerId, bytes, meter);
    if (declaredBytes === null || content.size === declaredBytes) return content;
    await this.discard(content);
    throw CommonErrors.MALFORMED_REQUEST({ internal: 'less came than was declared' });
  }

  /**
   * Gives a file its content, or another in place of the old. Clients who are reading the old one
   * read on.
   * @throws FILE_NOT_FOUND
   */
  replace(
    app: Scope,
    fileId: string,
    content: Received,
    caller: SellerCaller,
  ): Promise<StoredFile> {
    return this.publishing(app, content, caller, async () => {
      const file = await this.files.lock(app.id, fileId);
      if (!file) throw FileErrors.FILE_NOT_FOUND();
      return this.files.publish(file.id, content);
    });
  }

  /** Makes a new file of a content. @throws FILE_LIMIT, FILE_VERSION_EXISTS */
  create(
    app: Scope,
    facts: FileFacts,
    content: Received,
    caller: SellerCaller,
  ): Promise<StoredFile> {
    return this.publishing(app, content, caller, () =>
      this.service.add(app, { ...facts, ...content }),
    );
  }

  /** Throws away what was received. */
  discard({ blobId }: Received): Promise<void> {
    return this.contents.discard(blobId);
  }

  /** One transaction lets everybody see the content, in its file and in the books, or nobody. */
  private async publishing(
    app: Scope,
    content: Received,
    caller: SellerCaller,
    put: () => Promise<StoredFile>,
  ): Promise<StoredFile> {
    try {
      return await this.transactions.run(async () => {
        // Given up by the sweeper: whoever stores it was away for minutes.
        if (!(await this.blobs.publish(content.blobId, content.size))) throw storageUnavailable();
        const file = await put();
        this.books.published(app, file, caller);
        return file;
      });
    } catch (error) {
      // Should the commit have succeeded after all, it is published and stays.
      await this.discard(content);
      throw error;
    }
  }
}
