import {
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';

/** A seller's own door for programs that name the product: one key for all applications. */
@Entity('gateways')
@Index('gateways_api_key', ['apiKeyHash'], { unique: true })
export class GatewayEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'gateways_pkey' })
  @ForeignKey('SellerEntity', { name: 'gateways_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  /** Keyed hash, by which a presented key is found. */
  @Column('bytea')
  apiKeyHash: Buffer;

  /** The key under encryption, so that its owner can be shown it again. */
  @Column('bytea')
  apiKeySealed: Buffer;

  /** Whether a client must tell its HWID. */
  @Column('boolean', { default: true })
  requireHwid: boolean;

  @Column('boolean', { default: true })
  limitRequests: boolean;

  /** For each client address. */
  @Column('integer', { default: 100 })
  requestsPerMinute: number;

  /** The six columns of the shape of generated keys; see `KeyShape`. */
  @Column('text', { default: 'TKI-' })
  keyPrefix: string;

  @Column('integer', { default: 15 })
  keyLength: number;

  @Column('boolean', { default: true })
  keyLetters: boolean;

  @Column('boolean', { default: true })
  keyNumbers: boolean;

  @Column('boolean', { default: true })
  keyHyphens: boolean;

  @Column('integer', { default: 5 })
  keyHyphenEvery: number;

  /** Discord webhook addresses for granted and refused attempts, under encryption. */
  @Column('bytea', { nullable: true })
  grantedChannelSealed: Buffer | null;

  @Column('bytea', { nullable: true })
  refusedChannelSealed: Buffer | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}
