import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a plan allows (D-A20); null is no limit. The operator may change it. */
@Entity('plan_limits')
export class PlanLimitEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'plan_limits_pkey' })
  plan: string;

  @Column('integer', { nullable: true })
  apps: number | null;

  @Column('integer', { nullable: true })
  keys: number | null;

  @Column('integer', { nullable: true })
  users: number | null;

  @Column('integer', { nullable: true })
  scripts: number | null;

  @Column('integer', { nullable: true })
  obfuscationsPerMonth: number | null;

  /** Bytes; the driver gives a bigint as text. */
  @Column('bigint', { nullable: true })
  storageBytes: string | null;
}
