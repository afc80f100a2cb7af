import {
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';

/** A file that clients of an application may get. Its content is stored elsewhere, see `blobId`. */
@Entity('files')
@Index('files_code', ['code'], { unique: true })
@Index('files_app_created', ['appId', 'createdAt', 'id'])
@Index('files_version', ['appId', 'name', 'channel', 'version'], {
  unique: true,
  where: 'version IS NOT NULL',
})
@Index('files_blob', ['blobId'], { unique: true, where: 'blob_id IS NOT NULL' })
export class FileEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'files_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'files_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  /** The id that everybody else sees [doc]. */
  @Column('text')
  code: string;

  @Column('text')
  name: string;

  @Column('integer', { default: 0 })
  minLevel: number;

  @Column('text', { nullable: true })
  version: string | null;

  @Column('text', { default: 'stable' })
  channel: string;

  /** Plain bytes of the content; until there is one, what was announced. The driver gives text. */
  @Column('bigint', { default: 0 })
  size: string;

  /** Of the plain content. */
  @Column('bytea', { nullable: true })
  sha256: Buffer | null;

  /** The published content; null until one was uploaded. */
  @Column('uuid', { nullable: true })
  @ForeignKey('FileBlobEntity', { name: 'files_blob_fkey' })
  blobId: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}
