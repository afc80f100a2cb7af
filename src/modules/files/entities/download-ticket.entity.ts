import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Lets a session download a file once (D-A3). */
@Entity('download_tickets')
@Index('download_tickets_file', ['fileId'])
@Index('download_tickets_session', ['sessionId'])
@Index('download_tickets_expiry', ['expiresAt'])
export class DownloadTicketEntity {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'download_tickets_pkey' })
  tokenHash: Buffer;

  @Column('uuid')
  @ForeignKey('FileEntity', { name: 'download_tickets_file_fkey', onDelete: 'CASCADE' })
  fileId: string;

  @Column('uuid')
  @ForeignKey('SessionEntity', { name: 'download_tickets_session_fkey', onDelete: 'CASCADE' })
  sessionId: string;

  @Column('timestamptz')
  expiresAt: Date;
}
