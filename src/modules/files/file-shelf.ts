import { Injectable } from '@nestjs/common';
import { compareBuild } from 'semver';
import type { ByteRange } from '../../platform/crypto';
import { FileFacts, isFileId } from './domain/file';
import { ContentStream, FileContents } from './file-contents';
import { FileRow, FilesRepository } from './files.repository';

/** A file that a client can be offered: it has a content. */
export interface OfferedFile extends FileFacts {
  readonly id: string;
  /** Its id on the wires. */
  readonly code: string;
  readonly size: number;
  /** SHA-256 of the content, in hex. */
  readonly digest: string;
  readonly blobId: string;
}

/** The files of an application as its clients meet them. Who gets what is decided elsewhere. */
@Injectable()
export class FileShelf {
  constructor(
    private readonly files: FilesRepository,
    private readonly contents: FileContents,
  ) {}

  /** What a client of that level gets, the newest first. */
  async offered(appId: string, level: number): Promise<OfferedFile[]> {
    return (await this.files.offered(appId, level)).flatMap((file) => offer(file) ?? []);
  }

  /** The file of that id, whatever level it asks for; null when there is none with a content. */
  async find(appId: string, code: string): Promise<OfferedFile | null> {
    const file = isFileId(code) ? await this.files.find(appId, code) : null;
    return file && offer(file);
  }

  /** The newest version of a name in a channel (semver.org) that a client of that level gets. */
  async newest(
    appId: string,
    { name, channel }: Pick<FileFacts, 'name' | 'channel'>,
    level: number,
  ): Promise<OfferedFile | null> {
    const versions = await this.files.versions(appId, name, channel, level);
    const [newest] = versions.sort((a, b) => compareBuild(b.version!, a.version!));
    return newest ? offer(newest) : null;
  }

  /**
   * A range of the content, also when it was replaced a moment ago. Its first segment is verified
   * before this resolves.
   * @throws FILE_NOT_FOUND when that was minutes ago, FILE_DAMAGED, STORAGE_UNAVAILABLE
   */
  open({ blobId, size }: OfferedFile, range: ByteRange): Promise<ContentStream> {
    return this.contents.open({ blobId, size }, range);
  }
}

function offer(file: FileRow): OfferedFile | null {
  const { id, code, name, minLevel, version, channel, size, blobId, sha256 } = file;
  if (!blobId || !sha256) return null;
  const digest = sha256.toString('hex');
  return { id, code, name, minLevel, version, channel, size, digest, blobId };
}
