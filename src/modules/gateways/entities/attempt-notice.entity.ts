import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { AttemptNotice, Channel } from '../domain/attempt-notice';

/** An attempt that a log channel of the seller is still to be told of. */
@Entity('attempt_notices')
@Index('attempt_notices_channel', ['sellerId', 'channel', 'createdAt'])
export class AttemptNoticeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'attempt_notices_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('SellerEntity', { name: 'attempt_notices_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  @Column('text')
  channel: Channel;

  @Column('jsonb')
  notice: AttemptNotice;

  @Column('integer', { default: 0 })
  tries: number;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  nextTryAt: Date;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  createdAt: Date;
}
