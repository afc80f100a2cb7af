import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * One change of how many things of a kind an application has, written by a trigger. The number is
 * the sum of the changes; a background job adds them up into one row.
 */
@Entity('app_counts')
@Index('app_counts_app', ['appId', 'thing'])
export class AppCountEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'app_counts_pkey',
  })
  id: string;

  @Column('uuid')
  appId: string;

  @Column('text')
  thing: 'licenses' | 'users';

  @Column('bigint')
  change: string;
}
