import { DataSource } from 'typeorm';
import { parseConfig } from '../../src/config';
import { entities } from '../../src/entities';
import { dataSourceOptions, migrateDatabase, schemaDrift } from '../../src/platform/database';
import { freshDatabase, TestDatabase } from '../support/database';

/** What the first version may have stored, in the words of its own schema. */
const FIRST_VERSION = `
  INSERT INTO sellers (id, email, email_key, name, password_hash)
  VALUES (gen_random_uuid(), 'a@example.com', 'a@example.com', 'A', 'x');
  INSERT INTO apps (id, seller_id, name, api_key_hash, api_key_sealed)
  SELECT gen_random_uuid(), id, 'App', '\\x01', '\\x01' FROM sellers;
  INSERT INTO licenses (id, app_id, key, level, max_devices)
  SELECT gen_random_uuid(), id, 'KEY-' || n, 1, 1 FROM apps, generate_series(1, 5) n;
  INSERT INTO app_users (id, app_id, username, username_key, password_hash)
  SELECT gen_random_uuid(), id, 'john', 'john', 'x' FROM apps;
  INSERT INTO blacklist_entries (id, app_id, type, value, value_key)
  SELECT gen_random_uuid(), id, 'IP', '::ffff:192.0.2.1', '192.0.2.1' FROM apps
  UNION ALL SELECT gen_random_uuid(), id, 'HWID', 'ABC', 'ABC' FROM apps;
  INSERT INTO audit_records (id, seller_id, actor_kind, action, target_kind, outcome, severity, request_id, details)
  SELECT gen_random_uuid(), id, 'seller', 'app.create', 'app', 'granted', 'info', 'r', '{}' FROM sellers;
`;

const config = parseConfig({});

describe('upgrade', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await freshDatabase();
    source = await new DataSource(dataSourceOptions(config, database.url, entities)).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.close();
  });

  test('C-12 every migration but the first goes down and up again, with data of the first version', async () => {
    for (let left = source.migrations.length; left > 1; left--) await source.undoLastMigration();
    await source.query(FIRST_VERSION);
    await migrateDatabase(config, database.url);
    expect(await schemaDrift(config, database.url, entities)).toEqual([]);
    expect(await source.query('SELECT thing, change::int FROM app_counts ORDER BY thing')).toEqual([
      { thing: 'licenses', change: 5 },
      { thing: 'users', change: 1 },
    ]);
    expect(await source.query('SELECT type, network FROM blacklist_entries ORDER BY type')).toEqual(
      [
        { type: 'HWID', network: null },
        { type: 'IP', network: '192.0.2.1/32' },
      ],
    );
    // What was recorded before there was a tree waits to be taken into it.
    expect(await source.query('SELECT count(*)::int AS waiting FROM audit_pending')).toEqual([
      { waiting: 1 },
    ]);
  });

  describe('C-12 a table so large that a step takes longer than a request may', () => {
    const hurried = parseConfig({ DATABASE_STATEMENT_TIMEOUT_MS: '100' });
    beforeAll(async () => {
      await database.rows(`
        CREATE FUNCTION dawdle() RETURNS event_trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(0.2); END'`);
      await database.rows(`
        CREATE EVENT TRIGGER dawdle ON ddl_command_start WHEN TAG IN ('ALTER TABLE', 'ALTER FUNCTION')
        EXECUTE FUNCTION dawdle()`);
    });

    test('C-12 an upgrade would end in the midst of it, and no start would get any further', async () => {
      await source.undoLastMigration();
      expect(await migrateDatabase(hurried, database.url)).toHaveLength(1);
    });

    test('C-12 twin: with the limits of requests it does', async () => {
      await source.undoLastMigration();
      const options = dataSourceOptions(hurried, database.url, []);
      const asRequests = await new DataSource(options).initialize();
      await expect(asRequests.runMigrations()).rejects.toThrow('statement timeout');
      await asRequests.destroy();
    });
  });
});
