import {
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';
import type { Ordering, StatusReason, WebhookFormat, WebhookStatus } from '../domain/webhook';

/** An endpoint that hears of events of one application, and the turn of whoever delivers to it. */
@Entity('webhooks')
@Index('webhooks_app_created', ['appId', 'createdAt', 'id'])
@Index('webhooks_seller_host', ['sellerId', 'host'])
@Index('webhooks_due', ['dueAt'], { where: 'due_at IS NOT NULL' })
@Index('webhooks_deleted', ['deletedAt'], { where: 'deleted_at IS NOT NULL' })
@Index('webhooks_leased', ['leasedUntil'], { where: 'leased_until IS NOT NULL' })
export class WebhookEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhooks_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'webhooks_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  /** The owner of the application, by whom caps count. */
  @Column('uuid')
  sellerId: string;

  @Column('text')
  url: string;

  /** Of the URL: what caps on a target count by. */
  @Column('text')
  host: string;

  @Column('text')
  format: WebhookFormat;

  /** Names of events, or `*`. */
  @Column('text', { array: true })
  events: string[];

  @Column('text')
  ordering: Ordering;

  @Column('text', { default: 'PENDING' })
  status: WebhookStatus;

  @Column('text', { nullable: true })
  statusReason: StatusReason | null;

  /** Test pings in vain since it was to be verified. */
  @Column('integer', { default: 0 })
  pings: number;

  /** When the first delivery since the last success failed. */
  @Column('timestamptz', { nullable: true })
  failingSince: Date | null;

  /** Turns in a row with a try that took long; the breaker counts them. */
  @Column('integer', { default: 0 })
  slowFailures: number;

  /** Not to be bothered before: the breaker is open, or it said so itself. */
  @Column('timestamptz', { nullable: true })
  pausedUntil: Date | null;

  /** When there is something to send next; null when nothing waits or somebody is at it. */
  @Column('timestamptz', { nullable: true, default: () => 'now()' })
  dueAt: Date | null;

  /** Names whoever delivers to this endpoint now. */
  @Column('uuid', { nullable: true })
  lease: string | null;

  @Column('timestamptz', { nullable: true })
  leasedUntil: Date | null;

  /** Changed by its owner meanwhile: that turn only keeps its place, and says nothing more of it. */
  @Column('boolean', { default: false })
  leaseOver: boolean;

  /** Nobody is shown it any more; its log is being deleted, and then the row. */
  @Column('timestamptz', { nullable: true })
  deletedAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}
