import { DataSource } from 'typeorm';

/** Any number, the same in every process: the lock under which the schema is changed. */
const MIGRATION_LOCK = 7_203_115;

/**
 * Brings the schema up to date under an advisory lock, so that two starts do not race: the second
 * waits and then finds nothing to do. Returns the names of the migrations that ran.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const guard = dataSource.createQueryRunner();
  try {
    // Waiting for another start's migration is not a fault: no time limits on this connection.
    await guard.query('SET statement_timeout = 0');
    await guard.query('SET lock_timeout = 0');
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map((migration) => migration.name);
  } finally {
    await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await guard.query('RESET statement_timeout').catch(() => undefined);
    await guard.query('RESET lock_timeout').catch(() => undefined);
    await guard.release();
  }
}
