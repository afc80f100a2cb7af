import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event waiting to be delivered, or delivered. The id is the event id that receivers see. */
@Entity('outbox_events')
@Index('outbox_events_pending', ['occurredAt'], { where: 'dispatched_at IS NULL' })
export class OutboxEventEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'outbox_events_pkey' })
  id: string;

  /** No foreign key: events outlive their application. */
  @Column('uuid')
  appId: string;

  @Column('text')
  type: string;

  @Column('jsonb')
  data: Record<string, unknown>;

  @CreateDateColumn({ type: 'timestamptz' })
  occurredAt: Date;

  @Column('timestamptz', { nullable: true })
  dispatchedAt: Date | null;
}
