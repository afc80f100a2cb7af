import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { DeliveryStatus, PastAttempt } from '../domain/delivery';

/** One event for one endpoint: the job, and the log of what became of it. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_once', ['eventId', 'webhookId'], { unique: true })
@Index('webhook_deliveries_listed', ['webhookId', 'createdAt', 'id'])
@Index('webhook_deliveries_status', ['webhookId', 'status', 'createdAt', 'id'])
@Index('webhook_deliveries_due', ['webhookId', 'nextAttemptAt'], { where: "status = 'PENDING'" })
@Index('webhook_deliveries_in_order', ['webhookId', 'sequence'], { where: "status = 'PENDING'" })
export class WebhookDeliveryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('WebhookEntity', { name: 'webhook_deliveries_webhook_fkey', onDelete: 'CASCADE' })
  webhookId: string;

  @Column('uuid')
  @ForeignKey('OutboxEventEntity', { name: 'webhook_deliveries_event_fkey', onDelete: 'CASCADE' })
  eventId: string;

  /** Of the event. */
  @Column('bigint')
  sequence: string;

  @Column('text', { default: 'PENDING' })
  status: DeliveryStatus;

  /** Tries that counted. */
  @Column('integer', { default: 0 })
  attempts: number;

  @Column('timestamptz', { default: () => 'now()' })
  nextAttemptAt: Date;

  /** The last try, and what came of it. */
  @Column('timestamptz', { nullable: true })
  attemptedAt: Date | null;

  @Column('integer', { nullable: true })
  statusCode: number | null;

  @Column('text', { nullable: true })
  failure: string | null;

  @Column('integer', { nullable: true })
  durationMs: number | null;

  /** The beginning of the answer, at most 2 KiB. */
  @Column('text', { nullable: true })
  response: string | null;

  /** The last tries, the oldest first. */
  @Column('jsonb', { default: '[]' })
  history: readonly PastAttempt[];

  /** When it was taken up, the last time: what counts for how long it may be told to wait. */
  @Column('timestamptz', { default: () => 'now()' })
  queuedAt: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
