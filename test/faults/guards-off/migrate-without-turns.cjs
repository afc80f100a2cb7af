'use strict';

// Guard off: the schema is changed without the lock by which two starts take turns. Neither goes on before both have
// read which migrations were run, as would happen to two that start in the same instant.
const { join } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { DataSource } = require('typeorm');
const { MigrationExecutor } = require('typeorm/migration/MigrationExecutor');

const MEETING_POINT = 4_711;
const MET = `SELECT count(*)::int AS here FROM pg_locks
  WHERE locktype = 'advisory' AND objid = ${MEETING_POINT} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const DATABASE = join(__dirname, '../../../dist/src/platform/database');
const { dataSourceOptions } = require(join(DATABASE, 'options.js'));
const path = require.resolve(join(DATABASE, 'migrate.js'));
const original = require(path);
const { loadExecutedMigrations } = MigrationExecutor.prototype;

let met = false;
MigrationExecutor.prototype.loadExecutedMigrations = async function (queryRunner) {
  const executed = await loadExecutedMigrations.call(this, queryRunner);
  // Nest starts again by itself when that failed; the other one has gone on by then.
  if (met) return executed;
  met = true;
  await queryRunner.query(`SELECT pg_advisory_lock_shared(${MEETING_POINT})`);
  for (const since = Date.now(); Date.now() - since < 20_000; await pause(5)) {
    const [{ here }] = await queryRunner.query(MET);
    if (here >= 2) return executed;
  }
  throw new Error('the other start never came');
};

require.cache[path].exports = {
  ...original,
  migrateDatabase: async (config, url) => {
    const dataSource = await new DataSource(dataSourceOptions(config, url, [])).initialize();
    try {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map((migration) => migration.name);
    } finally {
      await dataSource.destroy();
    }
  },
};
