import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A device bound to a licence; after a reset it stays on record as released. */
@Entity('license_devices')
@Index('license_devices_bound', ['licenseId', 'hwid'], {
  unique: true,
  where: 'released_at IS NULL',
})
@Index('license_devices_license', ['licenseId', 'boundAt'])
export class LicenseDeviceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'license_devices_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('LicenseEntity', { name: 'license_devices_license_fkey', onDelete: 'CASCADE' })
  licenseId: string;

  @Column('text')
  hwid: string;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  boundAt: Date;

  @Column('timestamptz', { nullable: true })
  releasedAt: Date | null;
}
