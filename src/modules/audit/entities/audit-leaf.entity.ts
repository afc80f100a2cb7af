import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A record's place in the tree, and what its hash was made from beside the record itself. */
@Entity('audit_leaves')
@Index('audit_leaves_record', ['recordId'], { unique: true })
@Index('audit_leaves_seller', ['sellerId', 'seq'])
export class AuditLeafEntity {
  /** From 0, without gaps. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_leaves_pkey' })
  seq: string;

  @Column('uuid')
  recordId: string;

  @Column('uuid')
  sellerId: string;

  /** 32 random bytes under which the personal fields were hashed; null once they are erased. */
  @Column('bytea', { nullable: true })
  salt: Buffer | null;

  @Column('bytea')
  ipHash: Buffer;

  @Column('bytea')
  detailsHash: Buffer;

  @Column('bytea')
  leafHash: Buffer;

  /** The record of the erasure, where the personal fields are gone. */
  @Column('uuid', { nullable: true })
  erasedBy: string | null;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  sequencedAt: Date;
}
