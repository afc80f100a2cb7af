import { Entity, PrimaryColumn } from 'typeorm';

/** A record that is no leaf yet. A trigger puts it here, and another keeps it until it is one. */
@Entity('audit_pending')
export class AuditPendingEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_pending_pkey' })
  recordId: string;
}
