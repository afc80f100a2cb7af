import { join } from 'node:path';
import { Client, ClientConfig } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../../config';
import { SnakeNaming } from './naming';

/** A session left idle inside a transaction holds locks; the database ends it after this. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/**
 * A connection that may be lost at any moment without ending the process. While the pool hands it
 * over, for an instant nobody else listens, and an unheard `error` event is a crash. The loss is
 * not hidden: the next statement on the connection fails.
 */
class PoolClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/**
 * How this process talks to PostgreSQL. Every wait is bounded: for a connection, for a lock and
 * for a statement, so that an overloaded database answers 503 and never hangs a request. Only
 * `patient` work, on the schema, may take as long as a table is large.
 */
export function dataSourceOptions(
  config: Config,
  url: string,
  entities: readonly (new () => object)[],
  { patient = false }: { readonly patient?: boolean } = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [...entities],
    migrations: [join(__dirname, '../../../migrations/*.{js,ts}')],
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeNaming(),
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    synchronize: false,
    logging: false,
    extra: {
      Client: PoolClient,
      connectionString: url,
      max: config.DATABASE_POOL_SIZE,
      connectionTimeoutMillis: config.DATABASE_ACQUIRE_TIMEOUT_MS,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      application_name: 'latchkey',
      lock_timeout: config.DATABASE_LOCK_TIMEOUT_MS,
      statement_timeout: patient ? 0 : config.DATABASE_STATEMENT_TIMEOUT_MS,
      // The server cancels at statement_timeout; this is for a server that no longer answers.
      query_timeout: patient ? 0 : config.DATABASE_STATEMENT_TIMEOUT_MS + 1_000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
  };
}
