import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { BlacklistType } from '../domain/blacklist';

/** Something an application, or every application of a seller, refuses to deal with. */
@Entity('blacklist_entries')
@Index('blacklist_entries_value', ['appId', 'type', 'valueKey'], { unique: true })
@Index('blacklist_entries_app_created', ['appId', 'createdAt', 'id'])
@Index('blacklist_entries_app_type', ['appId', 'type', 'createdAt', 'id'])
@Index('blacklist_entries_seller_value', ['sellerId', 'type', 'valueKey'], {
  unique: true,
  where: 'seller_id IS NOT NULL',
})
@Index('blacklist_entries_seller_created', ['sellerId', 'createdAt', 'id'], {
  where: 'seller_id IS NOT NULL',
})
@Check('blacklist_entries_scope', 'num_nonnulls(app_id, seller_id) = 1')
@Index('blacklist_entries_expiry', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
// Networks that hold an address: a GiST index, which TypeORM cannot describe.
@Index('blacklist_entries_network', { synchronize: false })
export class BlacklistEntryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'blacklist_entries_pkey' })
  id: string;

  /** Null for an entry of the seller. */
  @Column('uuid', { nullable: true })
  @ForeignKey('AppEntity', { name: 'blacklist_entries_app_fkey', onDelete: 'CASCADE' })
  appId: string | null;

  /** Whose applications it holds for, all of them; null for an entry of one application. */
  @Column('uuid', { nullable: true })
  @ForeignKey('SellerEntity', { name: 'blacklist_entries_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string | null;

  @Column('text')
  type: BlacklistType;

  /** As the seller wrote it. */
  @Column('text')
  value: string;

  /** What it is compared by; see `readValue`. */
  @Column('text')
  valueKey: string;

  @Column('text', { nullable: true })
  reason: string | null;

  /** The addresses an IP entry stands for; a single one is a network of one. */
  @Column('cidr', { nullable: true })
  network: string | null;

  /** From then on it is as if it were not there; null is for ever. */
  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null;

  /** Requests it refused. */
  @Column('integer', { default: 0 })
  attempts: number;

  @Column('timestamptz', { nullable: true })
  lastAttemptAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
