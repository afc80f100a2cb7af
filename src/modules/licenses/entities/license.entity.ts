import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Hold } from '../domain/license';

/**
 * A licence. Its status is not stored but follows from `hold`, `activatedAt` and `expiresAt`, so
 * no two of them can disagree.
 */
@Entity('licenses')
@Index('licenses_app_key', ['appId', 'key'], { unique: true })
@Index('licenses_app_created', ['appId', 'createdAt', 'id'])
@Index('licenses_app_unused', ['appId', 'createdAt', 'id'], {
  where: 'hold IS NULL AND activated_at IS NULL',
})
@Index('licenses_app_used', ['appId', 'createdAt', 'id'], {
  where: 'hold IS NULL AND activated_at IS NOT NULL',
})
@Index('licenses_app_expiry', ['appId', 'expiresAt'], {
  where: 'hold IS NULL AND expires_at IS NOT NULL',
})
@Index('licenses_app_ending', ['appId', 'createdAt', 'id'], {
  where: 'hold IS NULL AND expires_at IS NOT NULL',
})
@Index('licenses_app_discord', ['appId', 'discordId'], { where: 'discord_id IS NOT NULL' })
@Index('licenses_app_hold', ['appId', 'hold', 'createdAt', 'id'], { where: 'hold IS NOT NULL' })
@Index('licenses_reseller', ['resellerId', 'createdAt', 'id'], {
  where: 'reseller_id IS NOT NULL',
})
// A trigram index, which TypeORM cannot describe; the migration makes it.
@Index('licenses_key_search', { synchronize: false })
export class LicenseEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'licenses_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'licenses_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  /** In the clear: a seller reads, searches and hands out keys (ADR 3). */
  @Column('text')
  key: string;

  /**
   * Seconds it lasts from its first use, or from its issue when its end is fixed; null lasts for
   * ever.
   */
  @Column('integer', { nullable: true })
  durationSeconds: number | null;

  @Column('integer')
  level: number;

  /** Devices that may be bound, and sessions that may live, at once; 0 is no limit. */
  @Column('integer')
  maxDevices: number;

  @Column('text', { nullable: true })
  prefix: string | null;

  @Column('text', { nullable: true })
  note: string | null;

  /** Name of the plan that was sold, for the client to show (D-B10). */
  @Column('text', { nullable: true })
  subscription: string | null;

  @Column('text', { nullable: true })
  hold: Hold | null;

  @Column('timestamptz', { nullable: true })
  activatedAt: Date | null;

  /** Known before the first use only where the end is fixed. */
  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null;

  /** When its expiry was noticed and told; null again after an extension. */
  @Column('timestamptz', { nullable: true })
  expiryNotedAt: Date | null;

  @Column('timestamptz', { nullable: true })
  devicesResetAt: Date | null;

  /** Who sold it from a balance, and what they paid for it; null for the seller's own keys. */
  @Column('uuid', { nullable: true })
  @ForeignKey('ResellerEntity', { name: 'licenses_reseller_fkey', onDelete: 'SET NULL' })
  resellerId: string | null;

  /** Credits. The driver gives a bigint as text. */
  @Column('bigint', { nullable: true })
  resellerPrice: string | null;

  /** When sharing was last suspected and told. */
  @Column('timestamptz', { nullable: true })
  sharedNotedAt: Date | null;

  /** Lets in whoever shows it for any product of the seller, from anywhere. */
  @Column('boolean', { default: false })
  staff: boolean;

  /** Addresses it may be used from; 0 is no limit. */
  @Column('integer', { default: 0 })
  maxAddresses: number;

  /** The Discord account of its owner. */
  @Column('text', { nullable: true })
  discordId: string | null;

  @Column('text', { nullable: true })
  discordUsername: string | null;

  /** Four digits, for accounts that still have them. */
  @Column('text', { nullable: true })
  discordDiscriminator: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
