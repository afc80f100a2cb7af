import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Somebody asked for a new password. Written for every address alike, known or not, so that the
 * answer takes the same time; a background job looks whose it is.
 */
@Entity('password_reset_requests')
@Index('password_reset_requests_email', ['emailKey'], { unique: true })
export class PasswordResetRequestEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'password_reset_requests_pkey' })
  id: string;

  @Column('text')
  emailKey: string;

  @Column('text', { nullable: true })
  ip: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  requestedAt: Date;
}
