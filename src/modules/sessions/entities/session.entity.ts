import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A client's session. Its token is stored as a hash; the tail is for showing which one it is. */
@Entity('sessions')
@Index('sessions_token', ['tokenHash'], { unique: true })
@Index('sessions_app_live', ['appId', 'createdAt', 'id'], { where: 'ended_at IS NULL' })
@Index('sessions_license', ['licenseId', 'createdAt', 'id'])
@Index('sessions_user', ['userId'])
@Index('sessions_ended', ['endedAt'], { where: 'ended_at IS NOT NULL' })
export class SessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id: string;

  @Column('bytea')
  tokenHash: Buffer;

  @Column('text')
  tokenTail: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'sessions_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  @Column('uuid')
  @ForeignKey('LicenseEntity', { name: 'sessions_license_fkey', onDelete: 'CASCADE' })
  licenseId: string;

  /** Null when a key signed in without a user. */
  @Column('uuid', { nullable: true })
  @ForeignKey('AppUserEntity', { name: 'sessions_user_fkey', onDelete: 'CASCADE' })
  userId: string | null;

  @Column('text', { nullable: true })
  username: string | null;

  @Column('text', { nullable: true })
  hwid: string | null;

  @Column('text', { nullable: true })
  ip: string | null;

  /** ISO 3166-1, two letters, of `ip` when the session was opened; null when unknown. */
  @Column('text', { nullable: true })
  country: string | null;

  @Column('integer')
  ttlSeconds: number;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  createdAt: Date;

  /** Last heartbeat that was written; up to half a minute behind the truth. */
  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  lastSeenAt: Date;

  @Column('timestamptz', { nullable: true })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  endReason: string | null;
}
