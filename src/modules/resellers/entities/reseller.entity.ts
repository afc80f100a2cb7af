import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { DurationType } from '../../../kernel';

/** Somebody who sells keys of one application from a balance of credits. */
@Entity('resellers')
@Check('resellers_balance_check', 'balance >= 0')
@Index('resellers_name', ['appId', 'usernameKey'], { unique: true })
@Index('resellers_app_created', ['appId', 'createdAt', 'id'])
export class ResellerEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'resellers_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'resellers_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  @Column('text')
  username: string;

  @Column('text')
  usernameKey: string;

  @Column('text')
  passwordHash: string;

  @Column('text', { default: 'ACTIVE' })
  status: 'ACTIVE' | 'SUSPENDED';

  /** Credits; always what the last row of the ledger says. The driver gives a bigint as text. */
  @Column('bigint', { default: 0 })
  balance: string;

  /** Credits a key by duration; what is not named costs one. */
  @Column('jsonb', { default: {} })
  prices: Partial<Record<DurationType, number>>;

  /** Levels they may sell; null is any. */
  @Column('integer', { array: true, nullable: true })
  levels: number[] | null;

  /** Durations they may sell; null is any. */
  @Column('text', { array: true, nullable: true })
  durations: DurationType[] | null;

  @Column('text', { nullable: true })
  note: string | null;

  /** Tokens of an earlier epoch are worthless: raising it signs the reseller out everywhere. */
  @Column('integer', { default: 0 })
  tokenEpoch: number;

  /** Rows in the ledger. */
  @Column('integer', { default: 0 })
  ledgerLength: number;

  @Column('timestamptz', { nullable: true })
  lastLoginAt: Date | null;

  /** Where that came from. */
  @Column('text', { nullable: true })
  lastIp: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
