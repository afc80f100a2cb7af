import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The root of a complete subtree of two leaves or more. Made from the leaves; kept to be found fast. */
@Entity('audit_nodes')
export class AuditNodeEntity {
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'audit_nodes_pkey' })
  level: number;

  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_nodes_pkey' })
  place: string;

  @Column('bytea')
  hash: Buffer;
}
