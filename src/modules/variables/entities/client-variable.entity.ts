import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';

/** A value of one user, or of a licence that signs in without a user. */
@Entity('client_variables')
@Check('client_variables_one_owner', 'num_nonnulls(user_id, license_id) = 1')
@Index('client_variables_of_user', ['userId', 'key'], {
  unique: true,
  where: 'user_id IS NOT NULL',
})
@Index('client_variables_of_license', ['licenseId', 'key'], {
  unique: true,
  where: 'license_id IS NOT NULL',
})
@Index('client_variables_app', ['appId'])
export class ClientVariableEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'client_variables_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'client_variables_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('AppUserEntity', { name: 'client_variables_user_fkey', onDelete: 'CASCADE' })
  userId: string | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('LicenseEntity', { name: 'client_variables_license_fkey', onDelete: 'CASCADE' })
  licenseId: string | null;

  @Column('text')
  key: string;

  @Column('text')
  value: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}
