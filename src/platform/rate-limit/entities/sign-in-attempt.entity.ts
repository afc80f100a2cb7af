import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Password attempts on one account name since the last success. */
@Entity('sign_in_attempts')
export class SignInAttemptEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_attempts_pkey' })
  scope: string;

  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'sign_in_attempts_pkey' })
  subject: Buffer;

  @Column('integer')
  attempts: number;

  @Column('timestamptz')
  lastAt: Date;
}
