import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../bootstrap/run';
import { Config, loadConfig, parseConfig } from '../config';
import { entities } from '../entities';
import { migrateDatabase, schemaDrift } from '../platform/database';
import { createLogger } from '../platform/logging';
import { Command, CommandError } from './command';

/** Brings the configured database up to date; for deployments with MIGRATE_ON_START=false. */
export const runMigrations: Command = {
  name: 'migrate',
  help: 'bring the database up to date',
  async run() {
    const config = loadConfig();
    const done = await withDatabase(config, (url) => migrateDatabase(config, url));
    console.log(done.length > 0 ? `ran ${done.join(', ')}` : 'nothing to do');
  },
};

/** Whether the migrations make exactly the tables that the entities describe. */
export const checkMigrations: Command = {
  name: 'migrations check',
  help: 'do the migrations make what the entities describe?',
  async run() {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-migrations-'));
    try {
      const config = parseConfig({ DATA_DIR: directory, LOG_LEVEL: 'error' });
      const drift = await withDatabase(config, (url) => schemaDrift(config, url, entities));
      if (drift.length === 0) return;
      const list = drift.map((query) => `  ${query}`).join('\n');
      throw new CommandError(`the entities want what no migration makes:\n${list}`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function withDatabase<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  const database = await openDatabase(config, createLogger(config));
  return work(database.url).finally(() => database.stop());
}
