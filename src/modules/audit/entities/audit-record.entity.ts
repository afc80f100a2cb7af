import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Who did what, on what, from where, with which outcome. Never changed: triggers refuse it, but for
 * the erasure of `ip` and `details`.
 */
@Entity('audit_records')
@Index('audit_records_seller', ['sellerId', 'occurredAt', 'id'])
@Index('audit_records_app', ['sellerId', 'appId', 'occurredAt', 'id'])
@Index('audit_records_action', ['sellerId', 'action', 'occurredAt', 'id'])
@Index('audit_records_actor', ['sellerId', 'actorId', 'occurredAt', 'id'])
@Index('audit_records_target', ['sellerId', 'targetId', 'occurredAt', 'id'])
@Index('audit_records_request', ['sellerId', 'requestId', 'occurredAt', 'id'])
@Index('audit_records_severe', ['sellerId', 'severity', 'occurredAt', 'id'], {
  where: "severity <> 'info'",
})
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
