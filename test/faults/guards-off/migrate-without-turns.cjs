'use strict';

// Guard off: the schema is changed without the lock by which two starts take turns. Neither goes on before both have
// read which migrations were run, as would happen to two that start in the same instant.
const { join } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { MigrationExecutor } = require('typeorm/migration/MigrationExecutor');

const MEETING_POINT = 4_711;
const MET = `SELECT count(*)::int AS here FROM pg_locks
  WHERE locktype = 'advisory' AND objid = ${MEETING_POINT} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const path = require.resolve(join(__dirname, '../../../dist/src/platform/database/migrate.js'));
const original = require(path);
const { loadExecutedMigrations } = MigrationExecutor.prototype;

MigrationExecutor.prototype.loadExecutedMigrations = async function (queryRunner) {
  const executed = await loadExecutedMigrations.call(this, queryRunner);
  await queryRunner.query(`SELECT pg_advisory_lock_shared(${MEETING_POINT})`);
  for (const since = Date.now(); Date.now() - since < 20_000; await pause(5)) {
    const [{ here }] = await queryRunner.query(MET);
    if (here >= 2) return executed;
  }
  throw new Error('the other start never came');
};

require.cache[path].exports = {
  ...original,
  migrate: async (dataSource) => {
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map((migration) => migration.name);
  },
};
