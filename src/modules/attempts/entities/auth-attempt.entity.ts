import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * One try of a client to get in, and what came of it. The table has a partition a day; old days are
 * dropped whole.
 */
@Entity('auth_attempts')
@Index('auth_attempts_seller', ['sellerId', 'createdAt', 'id'])
@Index('auth_attempts_app', ['appId', 'createdAt', 'id'])
@Index('auth_attempts_refused', ['appId', 'createdAt', 'id'], { where: "outcome <> 'granted'" })
@Index('auth_attempts_username', ['appId', 'usernameKey', 'createdAt', 'id'], {
  where: 'username_key IS NOT NULL',
})
@Index('auth_attempts_hwid', ['appId', 'hwid', 'createdAt', 'id'], { where: 'hwid IS NOT NULL' })
@Index('auth_attempts_request', ['appId', 'requestId', 'createdAt', 'id'])
@Index('auth_attempts_key', ['sellerId', 'keyHash', 'createdAt', 'id'], {
  where: 'key_hash IS NOT NULL',
})
export class AuthAttemptEntity {
  @CreateDateColumn({
    type: 'timestamptz',
    primary: true,
    primaryKeyConstraintName: 'auth_attempts_pkey',
    default: () => 'clock_timestamp()',
  })
  createdAt: Date;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'auth_attempts_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('SellerEntity', { name: 'auth_attempts_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  /** Null when the client named no application of the seller. */
  @Column('uuid', { nullable: true })
  @ForeignKey('AppEntity', { name: 'auth_attempts_app_fkey', onDelete: 'CASCADE' })
  appId: string | null;

  /** Name of the wire it came by. */
  @Column('text')
  wire: string;

  @Column('text')
  action: string;

  /** `granted`, or the code of the refusal. */
  @Column('text')
  outcome: string;

  /** Kept when the licence is deleted. */
  @Column('uuid', { nullable: true })
  licenseId: string | null;

  /** Keyed hash of the key that was shown, by which attempts with it are found. */
  @Column('bytea', { nullable: true })
  keyHash: Buffer | null;

  @Column('text', { nullable: true })
  maskedKey: string | null;

  @Column('text', { nullable: true })
  username: string | null;

  /** The name as names are compared. */
  @Column('text', { nullable: true })
  usernameKey: string | null;

  @Column('text', { nullable: true })
  hwid: string | null;

  /** Where the client says it runs. */
  @Column('text', { nullable: true })
  address: string | null;

  /** Where the connection came from. */
  @Column('text', { nullable: true })
  ip: string | null;

  @Column('text', { nullable: true })
  userAgent: string | null;

  @Column('text')
  requestId: string;

  /** What the decision looked at; never a secret. */
  @Column('jsonb')
  facts: Readonly<Record<string, unknown>>;
}
