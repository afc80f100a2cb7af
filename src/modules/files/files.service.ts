import { Injectable } from '@nestjs/common';
import type { Page, PageRequest, SellerCaller } from '../../kernel';
import { newId, randomText } from '../../platform/crypto';
import { Transactions, violatesUnique } from '../../platform/database';
import { FILE_ID_ALPHABET, FILE_ID_LENGTH, FileFacts, FILES_MAX, isFileId } from './domain/file';
import { FileErrors } from './domain/files.errors';
import { FileBooks, Scope } from './file-books';
import { ContentFacts, FileRow, FilesRepository } from './files.repository';

/** A file as its seller sees it; `code` is the id on the wires. */
export type StoredFile = FileRow;

/** Another code is drawn when one is taken; so often in a row would be no accident. */
const CODE_TRIES = 8;

/** A seller's files of one application. A foreign file and a missing one are the same thing here. */
@Injectable()
export class FilesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly files: FilesRepository,
    private readonly books: FileBooks,
  ) {}

  /** The file of that id in the caller's application. @throws FILE_NOT_FOUND */
  async requireOwned(app: Scope, fileId: string): Promise<StoredFile> {
    return found(isFileId(fileId) ? await this.files.find(app.id, fileId) : null);
  }

  /**
   * Announces a file whose content comes later; until then no client sees it.
   * @throws FILE_LIMIT, FILE_VERSION_EXISTS
   */
  register(
    app: Scope,
    facts: FileFacts & { readonly size: number },
    caller: SellerCaller,
  ): Promise<StoredFile> {
    return this.transactions.run(async () => {
      const file = await this.add(app, { ...facts, blobId: null, sha256: null });
      this.books.record('file.register', app, file, caller);
      return file;
    });
  }

  list(app: Scope, request: PageRequest): Promise<Page<StoredFile>> {
    return this.files.list(app.id, request);
  }

  /** Sets what is given. @throws FILE_NOT_FOUND, FILE_VERSION_EXISTS */
  change(
    app: Scope,
    fileId: string,
    changes: Partial<FileFacts>,
    caller: SellerCaller,
  ): Promise<StoredFile> {
    return this.transactions.run(async () => {
      const file = found(isFileId(fileId) ? await this.files.lock(app.id, fileId) : null);
      const changed = await this.files.change(file, changes).catch(refuseVersion);
      this.books.record('file.change', app, changed, caller, { changes });
      return changed;
    });
  }

  /** Deletes the file; its content is removed from the storage a few minutes later. @throws FILE_NOT_FOUND */
  async remove(app: Scope, fileId: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const file = found(isFileId(fileId) ? await this.files.delete(app.id, fileId) : null);
      this.books.record('file.delete', app, file, caller);
    });
  }

  /**
   * Inserts a file inside the caller's transaction, unless the application has no room for one.
   * @throws FILE_LIMIT, FILE_VERSION_EXISTS
   */
  async add(
    app: Scope,
    file: FileFacts & { readonly size: number } & {
      [K in 'blobId' | 'sha256']: ContentFacts[K] | null;
    },
  ): Promise<StoredFile> {
    await this.files.takeTurn(app.id);
    if ((await this.files.count(app.id)) >= FILES_MAX) throw FileErrors.FILE_LIMIT();
    for (let left = CODE_TRIES; left > 0; left--) {
      const code = randomText(FILE_ID_ALPHABET, FILE_ID_LENGTH);
      const row = { ...file, id: newId(), appId: app.id, code };
      const made = await this.files.insert(row).catch(refuseVersion);
      if (made) return made;
    }
    throw new Error('no free id for a file');
  }
}

function found(file: FileRow | null): FileRow {
  if (!file) throw FileErrors.FILE_NOT_FOUND();
  return file;
}

function refuseVersion(error: unknown): never {
  throw violatesUnique(error, 'files_version') ? FileErrors.FILE_VERSION_EXISTS() : error;
}
