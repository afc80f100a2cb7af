import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A line that a client program sent about itself. */
@Entity('client_logs')
@Index('client_logs_app_created', ['appId', 'createdAt', 'id'])
@Index('client_logs_app_type', ['appId', 'type', 'createdAt', 'id'])
@Index('client_logs_app_user', ['appId', 'userId', 'createdAt', 'id'], {
  where: 'user_id IS NOT NULL',
})
@Index('client_logs_created', ['createdAt'])
export class ClientLogEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'client_logs_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'client_logs_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  /** The session it came in, if it came in one; that may be gone by now. */
  @Column('uuid', { nullable: true })
  sessionId: string | null;

  @Column('uuid', { nullable: true })
  userId: string | null;

  @Column('uuid', { nullable: true })
  licenseId: string | null;

  @Column('text', { nullable: true })
  username: string | null;

  @Column('text', { nullable: true })
  hwid: string | null;

  @Column('text', { nullable: true })
  ip: string | null;

  @Column('text')
  type: string;

  @Column('text')
  message: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
