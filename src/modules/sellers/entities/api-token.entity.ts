import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A seller's API token (`lk_…`): a credential for programs, bounded by scopes and time. */
@Entity('api_tokens')
@Index('api_tokens_token', ['tokenHash'], { unique: true })
@Index('api_tokens_seller', ['sellerId', 'createdAt', 'id'])
export class ApiTokenEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_tokens_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('SellerEntity', { name: 'api_tokens_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  @Column('text')
  name: string;

  @Column('bytea')
  tokenHash: Buffer;

  /** Last four characters, for telling tokens apart. */
  @Column('text')
  tokenTail: string;

  @Column('text', { array: true })
  scopes: string[];

  /** Null never expires. */
  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null;

  /** To the minute. */
  @Column('timestamptz', { nullable: true })
  lastUsedAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
