import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One line of a reseller's book. Written once: a trigger refuses any change. It outlives the
 * reseller and the application, so it references neither.
 */
@Entity('reseller_ledger')
@Check('reseller_ledger_balance_check', 'balance_after >= 0')
@Index('reseller_ledger_position', ['resellerId', 'position'], { unique: true })
@Index('reseller_ledger_refund', ['licenseId'], { unique: true, where: "kind = 'REFUND'" })
@Index('reseller_ledger_created', ['resellerId', 'createdAt', 'id'])
export class LedgerEntryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'reseller_ledger_pkey' })
  id: string;

  @Column('uuid')
  resellerId: string;

  @Column('uuid')
  sellerId: string;

  @Column('uuid')
  appId: string;

  /** 1, 2, 3 … without a gap. */
  @Column('integer')
  position: number;

  @Column('text')
  kind: 'TOPUP' | 'GENERATE' | 'REFUND';

  /** Credits; negative when they were spent. The driver gives a bigint as text. */
  @Column('bigint')
  amount: string;

  /** The sum of all amounts up to this line. */
  @Column('bigint')
  balanceAfter: string;

  /** Keys that were made or given back. */
  @Column('integer', { default: 0 })
  keys: number;

  /** Credits a key. */
  @Column('bigint', { nullable: true })
  unitPrice: string | null;

  /** The licence that was refunded. */
  @Column('uuid', { nullable: true })
  licenseId: string | null;

  @Column('text', { nullable: true })
  note: string | null;

  @Column('text')
  actorKind: 'seller' | 'api-token' | 'reseller';

  @Column('uuid')
  actorId: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
