import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { BlacklistType } from '../domain/blacklist';

/** Something an application refuses to deal with. */
@Entity('blacklist_entries')
@Index('blacklist_entries_value', ['appId', 'type', 'valueKey'], { unique: true })
@Index('blacklist_entries_app_created', ['appId', 'createdAt', 'id'])
export class BlacklistEntryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'blacklist_entries_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'blacklist_entries_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  @Column('text')
  type: BlacklistType;

  /** As the seller wrote it. */
  @Column('text')
  value: string;

  /** What it is compared by; see `blacklistKey`. */
  @Column('text')
  valueKey: string;

  @Column('text', { nullable: true })
  reason: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
