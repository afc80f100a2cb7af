import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** Who did what, on what, from where, with which outcome. Never changed: a trigger refuses it. */
@Entity('audit_records')
@Index('audit_records_seller', ['sellerId', 'occurredAt'])
export class AuditRecordEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_records_pkey' })
  id: string;

  @CreateDateColumn({ type: 'timestamptz' })
  occurredAt: Date;

  /** The tenant it concerns. No foreign keys here: records outlive what they speak of. */
  @Column('uuid')
  sellerId: string;

  @Column('uuid', { nullable: true })
  appId: string | null;

  @Column('text')
  actorKind: string;

  @Column('uuid', { nullable: true })
  actorId: string | null;

  @Column('text')
  action: string;

  @Column('text')
  targetKind: string;

  @Column('uuid', { nullable: true })
  targetId: string | null;

  /** `granted`, or the code of the refusal. */
  @Column('text')
  outcome: string;

  @Column('text')
  severity: string;

  @Column('text', { nullable: true })
  ip: string | null;

  @Column('text')
  requestId: string;

  @Column('jsonb')
  details: Record<string, unknown>;
}
