import { Injectable } from '@nestjs/common';
import { granted, Origin, refused } from '../../kernel';
import type { ByteRange } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import type { ClientApp } from '../apps';
import { ContentStream, DownloadTickets, FileShelf, OfferedFile } from '../files';
import type { ClientVerdict } from './client-verdict';
import { ClientBooks } from './client-books';
import { ClientLife } from './client-life.service';
import type { LiveClient } from './client-sessions.service';
import { ClientErrors } from './domain/refusals';

/** A file by its id; or the newest version of a name in a channel that the client's level allows. */
export type WhichFile =
  { readonly fileId: string } | { readonly name: string; readonly channel: string };

/** A file, and a ticket for one download of it (D-A3). */
export interface FileLink {
  readonly file: OfferedFile;
  readonly ticket: string;
}

/** A file that its client may read. */
export interface FileDownload {
  readonly name: string;
  readonly size: number;
  /** SHA-256 of the content, in hex. */
  readonly digest: string;
  /**
   * The bytes of a range. One that begins with the first byte is a download and tells so
   * (`file.download`); others continue one. Any of them spends the ticket, if there is one, and
   * only when the first bytes are at hand: what sends none leaves it.
   * @throws FILE_NOT_FOUND when it was replaced minutes ago, FILE_DAMAGED, STORAGE_UNAVAILABLE,
   * TICKET_INVALID when another request has just spent it
   */
  read(range: ByteRange): Promise<ContentStream>;
}

/** What a signed-in client gets of the files. Every verb renews the session, as `check` does. */
@Injectable()
export class ClientFiles {
  constructor(
    private readonly life: ClientLife,
    private readonly shelf: FileShelf,
    private readonly tickets: DownloadTickets,
    private readonly transactions: Transactions,
    private readonly books: ClientBooks,
  ) {}

  /** The files that the client's level allows. */
  async list(
    app: ClientApp,
    token: string,
    origin: Origin,
  ): Promise<ClientVerdict<readonly OfferedFile[]>> {
    const established = await this.life.establish(app, token, origin);
    if (!established.granted) return established;
    return granted(await this.shelf.offered(app.id, established.value.level));
  }

  /** What one file is. */
  async find(
    app: ClientApp,
    token: string,
    which: WhichFile,
    origin: Origin,
  ): Promise<ClientVerdict<OfferedFile>> {
    return this.life.asClient('file', app, token, origin, (client) =>
      this.entitled(app, client, which),
    );
  }

  /** A ticket for one download within a minute, by whoever shows it. */
  async link(
    app: ClientApp,
    token: string,
    which: WhichFile,
    origin: Origin,
  ): Promise<ClientVerdict<FileLink>> {
    return this.life.asClient('file', app, token, origin, async (client) => {
      const found = await this.entitled(app, client, which);
      if (!found.granted) return found;
      const file = found.value;
      return granted({ file, ticket: await this.tickets.issue(file.id, client.id) });
    });
  }

  /** A file's bytes, for the session of a token. */
  async open(
    app: ClientApp,
    token: string,
    which: WhichFile,
    origin: Origin,
  ): Promise<ClientVerdict<FileDownload>> {
    return this.life.asClient('file', app, token, origin, (client) =>
      this.openFor(app, client, which, origin),
    );
  }

  /** The same for the session that a ticket was given to, which may have changed since. */
  async openByTicket(
    app: ClientApp,
    sessionId: string,
    { ticket, fileId }: { readonly ticket: string; readonly fileId: string },
    origin: Origin,
  ): Promise<ClientVerdict<FileDownload>> {
    return this.life.asClientById('file', app, sessionId, origin, (client) =>
      this.openFor(app, client, { fileId }, origin, ticket),
    );
  }

  private async openFor(
    app: ClientApp,
    client: LiveClient,
    which: WhichFile,
    origin: Origin,
    ticket: string | null = null,
  ): Promise<ClientVerdict<FileDownload>> {
    const found = await this.entitled(app, client, which);
    if (!found.granted) return found;
    const file = found.value;
    const begin = async ({ start }: ByteRange) => {
      const good = !ticket || (await this.tickets.spend(ticket, file.code));
      if (!good) throw ClientErrors.TICKET_INVALID();
      if (start === 0) this.books.downloaded(app, client, file, origin);
    };
    const { name, size, digest } = file;
    const read = async (range: ByteRange) => {
      const stream = await this.shelf.open(file, range);
      return range.start > 0 && !ticket ? stream : this.begun(stream, () => begin(range));
    };
    return granted({ name, size, digest, read });
  }

  private async entitled(
    app: ClientApp,
    { level }: LiveClient,
    which: WhichFile,
  ): Promise<ClientVerdict<OfferedFile>> {
    const file =
      'fileId' in which
        ? await this.shelf.find(app.id, which.fileId)
        : await this.shelf.newest(app.id, which, level);
    if (!file) return refused('FILE_UNKNOWN', { ...which });
    if (level >= file.minLevel) return granted(file);
    return refused('FILE_LEVEL_TOO_LOW', { ...which, level, minLevel: file.minLevel });
  }

  /** Commits what stands at the beginning of a stream; gives the stream up where it fails. */
  private async begun(stream: ContentStream, begin: () => Promise<void>): Promise<ContentStream> {
    try {
      await this.transactions.run(begin);
    } catch (error) {
      await stream.return();
      throw error;
    }
    return stream;
  }
}
