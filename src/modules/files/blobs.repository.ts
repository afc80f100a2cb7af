import { Injectable } from '@nestjs/common';
import type { WrappedKey } from '../../platform/crypto';
import { Repository } from '../../platform/database';

/** The wrapped key of one content. */
export type StoredKey = WrappedKey & { readonly id: string };

const KEY = 'id, master_key_id, key_wrapped AS wrapped';

/** The contents there are; see FileBlobEntity. */
@Injectable()
export class BlobsRepository extends Repository {
  /** Announces a content before its first byte is written. */
  async announce(
    id: string,
    sellerId: string,
    { masterKeyId, wrapped }: WrappedKey,
  ): Promise<void> {
    await this.affected(
      `INSERT INTO file_blobs (id, seller_id, state, master_key_id, key_wrapped)
       VALUES ($1, $2, 'WRITING', $3, $4)`,
      [id, sellerId, masterKeyId, wrapped],
    );
  }

  /** Sets bytes aside for a content that is being written; false when it was given up meanwhile. */
  async setAside(id: string, bytes: number): Promise<boolean> {
    const count = await this.affected(
      `UPDATE file_blobs SET size = $2, touched_at = clock_timestamp()
        WHERE id = $1 AND state = 'WRITING'`,
      [id, bytes],
    );
    return count === 1;
  }

  /** Says that it is still being written. */
  async touch(id: string): Promise<boolean> {
    const count = await this.affected(
      `UPDATE file_blobs SET touched_at = clock_timestamp() WHERE id = $1 AND state = 'WRITING'`,
      [id],
    );
    return count === 1;
  }

  /** Publishes a content that was written; false when it was given up meanwhile. */
  async publish(id: string, size: number): Promise<boolean> {
    const count = await this.affected(
      `UPDATE file_blobs SET state = 'PUBLISHED', size = $2, touched_at = clock_timestamp()
        WHERE id = $1 AND state = 'WRITING'`,
      [id, size],
    );
    return count === 1;
  }

  /**
   * The key of a content that is published, or was until a moment ago: who was told of it then may
   * still read it.
   */
  key(id: string): Promise<StoredKey | null> {
    return this.one(
      `SELECT ${KEY} FROM file_blobs WHERE id = $1 AND state IN ('PUBLISHED', 'UNUSED')`,
      [id],
    );
  }

  /** Gives up one content that is being written; false when it is not, or was published. */
  async doom(id: string): Promise<boolean> {
    const count = await this.affected(
      `UPDATE file_blobs SET state = 'DOOMED', touched_at = clock_timestamp()
        WHERE id = $1 AND state = 'WRITING'`,
      [id],
    );
    return count === 1;
  }

  /**
   * Takes a batch of what nobody uses and nobody has worked on for `seconds`; nobody else takes the
   * same until that time is over again.
   */
  async doomForgotten(seconds: number, limit: number): Promise<string[]> {
    const rows = await this.rows<{ id: string }>(
      `UPDATE file_blobs SET state = 'DOOMED', touched_at = clock_timestamp()
        WHERE id IN (
          SELECT id FROM file_blobs
           WHERE state <> 'PUBLISHED' AND touched_at < clock_timestamp() - make_interval(secs => $1)
           ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [seconds, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Forgets a content whose bytes are gone. */
  async forget(id: string): Promise<void> {
    await this.affected(`DELETE FROM file_blobs WHERE id = $1 AND state = 'DOOMED'`, [id]);
  }

  /** Whether it is published, or was. */
  async wasPublished(id: string): Promise<boolean> {
    const row = await this.one(
      `SELECT 1 FROM file_blobs WHERE id = $1 AND state IN ('PUBLISHED', 'UNUSED')`,
      [id],
    );
    return row !== null;
  }

  /** A batch of keys that are not wrapped with that master key, in the order of their ids. */
  keysNotUnder(masterKeyId: string, after: string, limit: number): Promise<StoredKey[]> {
    return this.rows(
      `SELECT ${KEY} FROM file_blobs
        WHERE master_key_id <> $1 AND state IN ('WRITING', 'PUBLISHED') AND id > $2
        ORDER BY id LIMIT $3`,
      [masterKeyId, after, limit],
    );
  }

  /** Puts newly wrapped keys in place of the old ones. */
  async rewrap(masterKeyId: string, keys: readonly StoredKey[]): Promise<void> {
    await this.affected(
      `UPDATE file_blobs b SET master_key_id = $1, key_wrapped = k.wrapped
         FROM unnest($2::uuid[], $3::bytea[]) AS k(id, wrapped) WHERE b.id = k.id`,
      [masterKeyId, keys.map(({ id }) => id), keys.map(({ wrapped }) => wrapped)],
    );
  }
}
