import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { FileFacts } from './domain/file';
import type { FileEntity } from './entities/file.entity';

/** A file as it is read; its size as a number, for no file has 2^53 bytes. */
export type FileRow = Omit<FileEntity, 'size'> & { readonly size: number };

/** A content that can be published. */
export interface ContentFacts {
  readonly blobId: string;
  readonly size: number;
  readonly sha256: Buffer;
}

export type NewFile = FileFacts & {
  readonly id: string;
  readonly appId: string;
  readonly code: string;
  readonly size: number;
  readonly blobId: string | null;
  readonly sha256: Buffer | null;
};

const COLUMNS =
  'id, app_id, code, name, min_level, version, channel, size::float8 AS size, sha256, blob_id, created_at, updated_at';

@Injectable()
export class FilesRepository extends Repository {
  /** Alone on the number of the application's files until the transaction ends. */
  async takeTurn(appId: string): Promise<void> {
    const turn = `pg_advisory_xact_lock(hashtextextended('files of ' || $1, 0))`;
    await this.rows(`SELECT ${turn}`, [appId]);
  }

  async count(appId: string): Promise<number> {
    const row = await this.one<{ count: number }>(
      'SELECT count(*)::int AS count FROM files WHERE app_id = $1',
      [appId],
    );
    return row!.count;
  }

  /** Null when the code is taken. */
  insert(file: NewFile): Promise<FileRow | null> {
    return this.one(
      `INSERT INTO files (id, app_id, code, name, min_level, version, channel, size, sha256, blob_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (code) DO NOTHING RETURNING ${COLUMNS}`,
      [
        file.id,
        file.appId,
        file.code,
        file.name,
        file.minLevel,
        file.version,
        file.channel,
        file.size,
        file.sha256,
        file.blobId,
      ],
    );
  }

  list(appId: string, request: PageRequest): Promise<Page<FileRow>> {
    const list = { table: 'files', select: COLUMNS, where: ['app_id = $1'], values: [appId] };
    return this.page(list, request);
  }

  find(appId: string, code: string): Promise<FileRow | null> {
    return this.one(`SELECT ${COLUMNS} FROM files WHERE app_id = $1 AND code = $2`, [appId, code]);
  }

  lock(appId: string, code: string): Promise<FileRow | null> {
    return this.one(
      `SELECT ${COLUMNS} FROM files WHERE app_id = $1 AND code = $2 FOR NO KEY UPDATE`,
      [appId, code],
    );
  }

  /** Sets what is given of a locked file; a version of null takes the version away. */
  async change(file: FileRow, changes: Partial<FileFacts>): Promise<FileRow> {
    const { name = file.name, minLevel = file.minLevel, channel = file.channel } = changes;
    const version = changes.version === undefined ? file.version : changes.version;
    const row = await this.one<FileRow>(
      `UPDATE files SET name = $2, min_level = $3, version = $4, channel = $5, updated_at = now()
        WHERE id = $1 RETURNING ${COLUMNS}`,
      [file.id, name, minLevel, version, channel],
    );
    return row!;
  }

  /** Gives a locked file another content. */
  async publish(id: string, { blobId, size, sha256 }: ContentFacts): Promise<FileRow> {
    const row = await this.one<FileRow>(
      `UPDATE files SET blob_id = $2, size = $3, sha256 = $4, updated_at = now()
        WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, blobId, size, sha256],
    );
    return row!;
  }

  delete(appId: string, code: string): Promise<FileRow | null> {
    return this.one(`DELETE FROM files WHERE app_id = $1 AND code = $2 RETURNING ${COLUMNS}`, [
      appId,
      code,
    ]);
  }

  /** Files with a content that a client of that level gets, the newest first. */
  offered(appId: string, level: number): Promise<FileRow[]> {
    return this.rows(
      `SELECT ${COLUMNS} FROM files
        WHERE app_id = $1 AND blob_id IS NOT NULL AND min_level <= $2
        ORDER BY created_at DESC, id DESC`,
      [appId, level],
    );
  }

  /** The versions of one name in a channel that a client of that level gets. */
  versions(appId: string, name: string, channel: string, level: number): Promise<FileRow[]> {
    return this.rows(
      `SELECT ${COLUMNS} FROM files
        WHERE app_id = $1 AND name = $2 AND channel = $3 AND version IS NOT NULL
          AND blob_id IS NOT NULL AND min_level <= $4`,
      [appId, name, channel, level],
    );
  }
}
