import { DataSource, DataSourceOptions } from 'typeorm';
import type { Config } from '../../config';
import { dataSourceOptions } from './options';

/** Any number, the same in every process: the lock under which the schema is changed. */
const MIGRATION_LOCK = 7_203_115;

/**
 * Brings the schema up to date under an advisory lock, so that two starts do not race: the second
 * waits and then finds nothing to do. A statement may take as long as the table is large; for a lock
 * it waits no longer than any other, since those behind it wait as well. Returns the names of the
 * migrations that ran.
 */
export function migrateDatabase(config: Config, url: string): Promise<string[]> {
  const options = dataSourceOptions(config, url, [], { patient: true });
  return connected(options, async (dataSource) => {
    const guard = dataSource.createQueryRunner();
    try {
      // Waiting for another start's migration is not a fault.
      await guard.query('SET lock_timeout = 0');
      await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map((migration) => migration.name);
    } finally {
      await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await guard.release();
    }
  });
}

type Entities = readonly (new () => object)[];

/**
 * Statements by which the schema would have to change to be what the entities describe, after all
 * migrations have run: none, when the migrations are complete.
 */
export async function schemaDrift(
  config: Config,
  url: string,
  entities: Entities,
): Promise<string[]> {
  await migrateDatabase(config, url);
  return connected(dataSourceOptions(config, url, entities), async (dataSource) => {
    const log = await dataSource.driver.createSchemaBuilder().log();
    return log.upQueries.map(({ query }) => query);
  });
}

async function connected<T>(
  options: DataSourceOptions,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = await new DataSource(options).initialize();
  return work(dataSource).finally(() => dataSource.destroy());
}
