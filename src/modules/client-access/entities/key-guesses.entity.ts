import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** How many unknown keys were presented to an application in the hour under way. */
@Entity('key_guesses')
export class KeyGuessesEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'key_guesses_pkey' })
  @ForeignKey('AppEntity', { name: 'key_guesses_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  @Column('bigint')
  failures: number;

  @Column('timestamptz')
  windowStartedAt: Date;
}
