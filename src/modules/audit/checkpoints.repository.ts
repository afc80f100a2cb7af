import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';
import type { AuditCheckpointEntity } from './entities/audit-checkpoint.entity';

export interface Checkpoint extends Omit<AuditCheckpointEntity, 'size'> {
  readonly size: number;
}

@Injectable()
export class CheckpointsRepository extends Repository {
  /** Adds a checkpoint; false when there is one of that size. */
  async insert({ size, root, issuedAt, keyId, signature }: Checkpoint): Promise<boolean> {
    const added = await this.affected(
      `INSERT INTO audit_checkpoints (size, root, issued_at, key_id, signature)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (size) DO NOTHING`,
      [size, root, issuedAt, keyId, signature],
    );
    return added === 1;
  }

  async latest(): Promise<Checkpoint | null> {
    const row = await this.one<Checkpoint>(
      'SELECT * FROM audit_checkpoints ORDER BY size DESC LIMIT 1',
    );
    return row && numbered(row);
  }

  /** Up to `limit` checkpoints of more than `size` leaves, the smallest first. */
  async after(size: number, limit: number): Promise<Checkpoint[]> {
    const rows = await this.rows<Checkpoint>(
      'SELECT * FROM audit_checkpoints WHERE size > $1 ORDER BY size LIMIT $2',
      [size, limit],
    );
    return rows.map(numbered);
  }
}

/** The driver gives a bigint as text. */
function numbered(row: Checkpoint): Checkpoint {
  return { ...row, size: Number(row.size) };
}
