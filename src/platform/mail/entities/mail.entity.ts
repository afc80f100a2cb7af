import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A mail that waits to be sent; a sent one is deleted. */
@Entity('mails')
@Index('mails_due', ['notBefore'])
export class MailEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mails_pkey' })
  id: string;

  @Column('text')
  recipient: string;

  @Column('text')
  subject: string;

  /** Encrypted: it may hold a link that resets a password. */
  @Column('bytea')
  bodySealed: Buffer;

  @Column('integer', { default: 0 })
  attempts: number;

  /** Not to be tried before. */
  @Column('timestamptz', { default: () => 'now()' })
  notBefore: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
