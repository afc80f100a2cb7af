import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An address a licence was used from, where addresses are limited; see `parseDeclaredAddress`. */
@Entity('license_addresses')
@Index('license_addresses_value', ['licenseId', 'address'], { unique: true })
export class LicenseAddressEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'license_addresses_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('LicenseEntity', { name: 'license_addresses_license_fkey', onDelete: 'CASCADE' })
  licenseId: string;

  @Column('text')
  address: string;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  boundAt: Date;
}
