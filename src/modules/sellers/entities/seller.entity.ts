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

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
