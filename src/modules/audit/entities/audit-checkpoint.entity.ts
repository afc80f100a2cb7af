import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A signed statement of what the tree was: so many leaves under this root. */
@Entity('audit_checkpoints')
export class AuditCheckpointEntity {
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_checkpoints_pkey' })
  size: string;

  @Column('bytea')
  root: Buffer;

  @Column('timestamptz')
  issuedAt: Date;

  @Column('text')
  keyId: string;

  @Column('bytea')
  signature: Buffer;
}
