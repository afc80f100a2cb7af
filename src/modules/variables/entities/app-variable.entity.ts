import {
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';

/** A value that every signed-in client of the application may read. */
@Entity('app_variables')
@Index('app_variables_key', ['appId', 'key'], { unique: true })
@Index('app_variables_app_created', ['appId', 'createdAt', 'id'])
export class AppVariableEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'app_variables_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('AppEntity', { name: 'app_variables_app_fkey', onDelete: 'CASCADE' })
  appId: string;

  @Column('text')
  key: string;

  @Column('text')
  value: string;

  /** Reserves the name: no client may set a variable of its own under it (D-A14). */
  @Column('boolean', { default: false })
  readOnly: boolean;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}
