/** The PostgreSQL server that comes with the product, for an installation without DATABASE_URL and for the tests. */
export { startEmbeddedPostgres } from './embedded-postgres';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres';
export { DataDirInUseError, EmbeddedPostgresError, IncompatibleClusterError } from './errors';
