import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last number given to an event of an application. */
@Entity('event_sequences')
export class EventSequenceEntity {
  /** No foreign key: the last events may come after their application. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'event_sequences_pkey' })
  appId: string;

  @Column('bigint')
  last: string;
}
