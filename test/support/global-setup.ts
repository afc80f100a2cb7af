import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { migrateDatabase } from '../../src/platform/database';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded';
import { parseConfig } from '../../src/config';
import { databaseUrl, TEMPLATE } from './database';

declare global {
  var testPostgres: EmbeddedPostgres & { readonly directory: string };
  var testFiles: string;
}

/** Speed over safety: these databases are thrown away. */
const FLAGS = [
  ...['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'],
  ...['-c', 'max_connections=300', '-c', 'shared_buffers=256MB'],
];

/** One PostgreSQL for the whole run, with a migrated template that each test file clones. */
export default async function globalSetup(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir: directory, flags: FLAGS });
  globalThis.testPostgres = { ...postgres, stop: () => postgres.stop(), directory };
  process.env['TEST_POSTGRES_URL'] = postgres.url;
  globalThis.testFiles = mkdtempSync(join(tmpdir(), 'latchkey-test-files-'));
  process.env['TEST_FILES_DIR'] = globalThis.testFiles;
  const admin = await new DataSource({ type: 'postgres', url: postgres.url }).initialize();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.destroy();
  await migrateDatabase(parseConfig({}), databaseUrl(TEMPLATE));
}
