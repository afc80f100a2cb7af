import { DataSource } from 'typeorm';
import type { Config } from '../../config';
import { dataSourceOptions } from './options';

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

type Entities = readonly (new () => object)[];

/** Connects, brings the schema up to date and disconnects; the names of what ran. */
export function migrateDatabase(config: Config, url: string, entities: Entities) {
  return connected(config, url, entities, migrate);
}

/**
 * Statements by which the schema would have to change to be what the entities describe, after all
 * migrations have run: none, when the migrations are complete.
 */
export function schemaDrift(config: Config, url: string, entities: Entities): Promise<string[]> {
  return connected(config, url, entities, async (dataSource) => {
    await migrate(dataSource);
    const log = await dataSource.driver.createSchemaBuilder().log();
    return log.upQueries.map(({ query }) => query);
  });
}

async function connected<T>(
  config: Config,
  url: string,
  entities: Entities,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = await new DataSource(dataSourceOptions(config, url, entities)).initialize();
  return work(dataSource).finally(() => dataSource.destroy());
}
