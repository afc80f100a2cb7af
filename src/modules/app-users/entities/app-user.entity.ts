import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { UserStatus } from '../domain/app-user';

/** A user of an application. What they may do, and until when, stands on their licence. */
@Entity('app_users')
@Index('app_users_name', ['appId', 'usernameKey'], { unique: true })
@Index('app_users_license', ['licenseId'], { unique: true })
@Index('app_users_app_created', ['appId', 'createdAt', 'id'])
@Index('app_users_app_status', ['appId', 'status', 'createdAt', 'id'])
// A trigram index, which TypeORM cannot describe; the migration makes it.
@Index('app_users_name_search', { synchronize: false })
export class AppUserEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'app_users_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'app_users_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  /** Null once the licence was deleted: the user stays, without an entitlement. */
  @Column('uuid', { nullable: true })
  @ForeignKey('LicenseEntity', { name: 'app_users_license_fkey', onDelete: 'SET NULL' })
  licenseId: string | null;

  /** As the person wrote it. */
  @Column('text')
  username: string;

  /** What makes two names the same; see `nameKey`. */
  @Column('text')
  usernameKey: string;

  @Column('text')
  passwordHash: string;

  @Column('text', { default: 'ACTIVE' })
  status: UserStatus;

  @Column('text', { nullable: true })
  banReason: string | null;

  @Column('text', { nullable: true })
  note: string | null;

  @Column('timestamptz', { nullable: true })
  lastLoginAt: Date | null;

  @Column('text', { nullable: true })
  lastIp: string | null;

  /** Device of the last login: from there a guesser elsewhere locks nobody out. */
  @Column('text', { nullable: true })
  lastHwid: string | null;

  /** SHA-1 of the e-mail address, as an import from KeyAuth brings it. */
  @Column('text', { nullable: true })
  emailSha1: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
