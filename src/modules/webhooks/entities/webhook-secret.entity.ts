import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A secret that signs deliveries; a replaced one goes on signing for a day. */
@Entity('webhook_secrets')
@Index('webhook_secrets_webhook', ['webhookId', 'createdAt'])
export class WebhookSecretEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_secrets_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('WebhookEntity', { name: 'webhook_secrets_webhook_fkey', onDelete: 'CASCADE' })
  webhookId: string;

  @Column('bytea')
  secretSealed: Buffer;

  /** Null for the one in force. */
  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt: Date;
}
