import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A content in the storage, from before its first byte is written until after its last is gone: what
 * has no row here is not there. Only one that is published, or was a moment ago, is ever read.
 */
@Entity('file_blobs')
@Index('file_blobs_seller', ['sellerId'])
@Index('file_blobs_sweep', ['touchedAt'], { where: "state <> 'PUBLISHED'" })
@Index('file_blobs_master_key', ['masterKeyId'])
export class FileBlobEntity {
  /** Its name in the storage. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'file_blobs_pkey' })
  id: string;

  /** Whose plan it counts in. No foreign key: the bytes outlive application and seller for a while. */
  @Column('uuid')
  sellerId: string;

  /** A trigger on `files` makes what is no longer published UNUSED; the sweeper DOOMs and deletes. */
  @Column('text')
  state: 'WRITING' | 'PUBLISHED' | 'UNUSED' | 'DOOMED';

  /** Plain bytes, or what is set aside for them while they are written. */
  @Column('bigint', { default: 0 })
  size: string;

  @Column('text')
  masterKeyId: string;

  @Column('bytea')
  keyWrapped: Buffer;

  /** When somebody last worked on it. */
  @Column('timestamptz', { default: () => 'now()' })
  touchedAt: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
