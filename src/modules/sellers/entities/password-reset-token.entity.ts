import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The secret of a mailed link, as a hash; spending it deletes it. */
@Entity('password_reset_tokens')
@Index('password_reset_tokens_token', ['tokenHash'], { unique: true })
@Index('password_reset_tokens_seller', ['sellerId'])
@Index('password_reset_tokens_expiry', ['expiresAt'])
export class PasswordResetTokenEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'password_reset_tokens_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('SellerEntity', { name: 'password_reset_tokens_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  @Column('bytea')
  tokenHash: Buffer;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @Column('timestamptz')
  expiresAt: Date;
}
