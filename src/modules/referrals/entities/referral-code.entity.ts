import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A code that gives days to whoever redeems it and to its owner. */
@Entity('referral_codes')
@Check('referral_codes_uses_check', 'uses >= 0 AND uses <= coalesce(max_uses, uses)')
@Index('referral_codes_code', ['appId', 'code'], { unique: true })
@Index('referral_codes_app_created', ['appId', 'createdAt', 'id'])
@Index('referral_codes_owner', ['ownerUserId'])
export class ReferralCodeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'referral_codes_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'referral_codes_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  /** Upper case. */
  @Column('text')
  code: string;

  @Column('integer')
  rewardDays: number;

  /** Null is no limit. */
  @Column('integer', { nullable: true })
  maxUses: number | null;

  @Column('integer', { default: 0 })
  uses: number;

  @Column('uuid', { nullable: true })
  @ForeignKey('AppUserEntity', { name: 'referral_codes_owner_fkey', onDelete: 'SET NULL' })
  ownerUserId: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
