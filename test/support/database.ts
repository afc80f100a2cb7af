import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';

export const TEMPLATE = 'latchkey_template';

/** Connection string of a database on the test run's PostgreSQL. */
export function databaseUrl(name: string): string {
  const url = new URL(process.env['TEST_POSTGRES_URL']!);
  url.pathname = `/${name}`;
  return url.toString();
}

export interface TestDatabase {
  readonly url: string;
  /** For looking at what is stored, and for doing what a guard would forbid. */
  readonly pool: Pool;
  /** Rows of a statement. */
  rows<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** First column of the first row. */
  value<T>(sql: string, values?: unknown[]): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly poolSize?: number;
  /** Keeps the limits of the plans as the migrations set them; else FREE is out of the way. */
  readonly documentedPlans?: boolean;
}

/** Limits that no test reaches; not none, so that every lock of a limit is taken. */
const ROOMY = "UPDATE plan_limits SET apps = 1e6, keys = 1e9, users = 1e9 WHERE plan = 'FREE'";

/** A database of its own, cloned from the migrated template. */
export async function freshDatabase({
  poolSize = 10,
  documentedPlans = false,
}: DatabaseOptions = {}): Promise<TestDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  const admin = new Pool({ connectionString: databaseUrl('postgres'), max: 1 });
  admin.on('error', () => undefined);
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  const url = databaseUrl(name);
  const pool = new Pool({ connectionString: url, max: poolSize });
  pool.on('error', () => undefined);
  if (!documentedPlans) await pool.query(ROOMY);
  const rows = async <T>(sql: string, values: unknown[] = []) =>
    (await pool.query(sql, values)).rows as T[];
  return {
    url,
    pool,
    rows,
    value: async <T>(sql: string, values: unknown[] = []) =>
      Object.values((await rows<Record<string, unknown>>(sql, values))[0] ?? {})[0] as T,
    close: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
