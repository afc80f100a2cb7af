import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** That a licence was given the days of a code: at most once each. */
@Entity('referral_redemptions')
@Index('referral_redemptions_once', ['codeId', 'licenseId'], { unique: true })
@Index('referral_redemptions_license', ['licenseId'])
export class ReferralRedemptionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'referral_redemptions_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('ReferralCodeEntity', {
    name: 'referral_redemptions_code_fkey',
    onDelete: 'CASCADE',
  })
  codeId: string;

  @Column('uuid')
  @ForeignKey('LicenseEntity', { name: 'referral_redemptions_license_fkey', onDelete: 'CASCADE' })
  licenseId: string;

  @Column('timestamptz', { default: () => 'now()' })
  redeemedAt: Date;
}
