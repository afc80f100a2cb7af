import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event waiting to be fanned out, or fanned out. The id is the event id that receivers see. */
@Entity('outbox_events')
@Index('outbox_events_pending', ['occurredAt'], { where: 'dispatched_at IS NULL' })
@Index('outbox_events_app_occurred', ['appId', 'occurredAt', 'id'])
@Index('outbox_events_age', { synchronize: false })
export class OutboxEventEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'outbox_events_pkey' })
  id: string;

  /** No foreign key: events outlive their application. */
  @Column('uuid')
  appId: string;

  @Column('text')
  type: string;

  /** Kept as it was written: receivers are shown the fields in the order of the documents. */
  @Column('json')
  data: Record<string, unknown>;

  @CreateDateColumn({ type: 'timestamptz' })
  occurredAt: Date;

  /** The event's number within its application, from 1, given when it is fanned out. */
  @Column('bigint', { nullable: true })
  sequence: string | null;

  @Column('timestamptz', { nullable: true })
  dispatchedAt: Date | null;
}
