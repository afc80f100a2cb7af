import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A seller: the tenant that owns applications. */
@Entity('sellers')
@Index('sellers_email', ['emailKey'], { unique: true })
export class SellerEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sellers_pkey' })
  id: string;

  /** As the person wrote it. */
  @Column('text')
  email: string;

  /** What makes two addresses the same; see `nameKey`. */
  @Column('text')
  emailKey: string;

  @Column('text')
  name: string;

  @Column('text', { default: 'FREE' })
  plan: string;

  @Column('text')
  passwordHash: string;

  /** Secret of the second factor, encrypted; in force only once it was confirmed. */
  @Column('bytea', { nullable: true })
  totpSecretSealed: Buffer | null;

  @Column('timestamptz', { nullable: true })
  totpConfirmedAt: Date | null;

  /** Time step of the last code that was accepted: no code is good twice. */
  @Column('bigint', { nullable: true })
  totpLastStep: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
