import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A row of a file that is being imported, until the whole of it was read and judged. */
@Entity('import_rows')
@Index('import_rows_created', ['createdAt'])
export class ImportRowEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'import_rows_pkey' })
  importId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'import_rows_pkey' })
  kind: string;

  /** Position in the file, from 1. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'import_rows_pkey' })
  rowNumber: number;

  @Column('jsonb')
  data: object;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
