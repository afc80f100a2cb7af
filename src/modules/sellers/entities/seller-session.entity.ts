import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** One sign-in of a seller: the family of refresh tokens that descend from it. */
@Entity('seller_sessions')
@Index('seller_sessions_seller_created', ['sellerId', 'createdAt', 'id'])
@Index('seller_sessions_expiry', ['expiresAt'])
export class SellerSessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'seller_sessions_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('SellerEntity', { name: 'seller_sessions_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  /** Random part of every refresh token of the family; worthless without the master key. */
  @Column('bytea')
  secret: Buffer;

  /** Number of the current refresh token; older numbers are spent. */
  @Column('integer', { default: 0 })
  generation: number;

  @Column('timestamptz', { default: () => 'now()' })
  rotatedAt: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @Column('timestamptz')
  expiresAt: Date;

  @Column('timestamptz', { nullable: true })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  endReason: string | null;

  @Column('text', { nullable: true })
  ip: string | null;

  @Column('text', { nullable: true })
  userAgent: string | null;
}
