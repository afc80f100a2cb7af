import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { createApp } from '../../src/bootstrap/create-app';
import { parseConfig } from '../../src/config';
import { AuditArchive } from '../../src/modules/audit';
import { createLogger } from '../../src/platform/logging';
import { anApp, aSeller, TestApp } from '../factories';
import { uuidOf } from '../golden/sample';
import { testSettings } from '../support/settings';
import { anAuditServer, AuditServer } from './support';

/** A change of each table of the record. */
const SETS: Readonly<Record<string, string>> = {
  audit_records: "ip = 'x'",
  audit_leaves: 'salt = NULL',
  audit_nodes: "hash = ''",
  audit_checkpoints: "root = ''",
};
const TABLES = Object.keys(SETS);
const CHANGES = Object.entries(SETS).flatMap(([table, set]) => [
  `UPDATE ${table} SET ${set}`,
  `DELETE FROM ${table}`,
  `TRUNCATE ${table}`,
]);
const QUEUE = ['DELETE FROM audit_pending', 'TRUNCATE audit_pending'];

/** Temporary tables in the place of the real ones; their triggers tell as whom they run. */
const STAND_INS = `
  CREATE FUNCTION pg_temp.tell() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'runs as %', current_user; END $$;
  CREATE TEMP TABLE audit_records AS
    SELECT r.*, 'audit.erase' AS action, seller_id AS target_id
      FROM (SELECT id, seller_id, actor_id FROM audit_records LIMIT 1) r;
  CREATE TEMP TABLE audit_leaves AS SELECT l.* FROM audit_leaves l;
  INSERT INTO pg_temp.audit_leaves (seq, record_id)
    SELECT 1e6, id FROM pg_temp.audit_records UNION SELECT 1e6, record_id FROM audit_pending;
  CREATE TRIGGER tell BEFORE UPDATE ON pg_temp.audit_leaves EXECUTE FUNCTION pg_temp.tell();
  CREATE TEMP TABLE audit_pending (record_id uuid);
  CREATE TRIGGER tell BEFORE INSERT ON pg_temp.audit_pending EXECUTE FUNCTION pg_temp.tell();
  CREATE TEMP TABLE auth_attempts_other (LIKE auth_attempts_other);
  CREATE TRIGGER tell BEFORE DELETE ON pg_temp.auth_attempts_other EXECUTE FUNCTION pg_temp.tell()`;

/** Statements by which stand-ins would deceive a function, and what comes of it. */
const DECEPTIONS = [
  {
    deceived: 'erase_audit_person',
    statement: 'SELECT erase_audit_person(seller_id, target_id, id) FROM audit_records',
    guarded: expect.stringMatching('is refused'),
    unguarded: expect.stringMatching(/^runs as (?!app_)/),
  },
  {
    deceived: 'keep_attempt_days',
    statement: 'SELECT keep_attempt_days(1, 40)',
    guarded: null,
    unguarded: expect.stringMatching(/^runs as (?!app_)/),
  },
  {
    deceived: 'keep_until_sealed',
    statement: 'DELETE FROM public.audit_pending',
    guarded: expect.stringMatching('is refused'),
    unguarded: null,
  },
  {
    deceived: 'queue_audit_record',
    statement: `INSERT INTO public.audit_records
                  (id, seller_id, actor_kind, action, target_kind, outcome, severity, request_id, details)
                SELECT gen_random_uuid(), seller_id, 'client', 'client.login', 'license', 'granted', 'info', 'r', '{}'
                  FROM audit_records`,
    guarded: null,
    unguarded: expect.stringMatching('runs as app_'),
  },
];

describe('A-01 nobody changes the record', () => {
  let server: AuditServer;
  let app: TestApp;
  let role: string;
  let pool: Pool;
  beforeAll(async () => {
    server = await anAuditServer();
    app = await anApp(await aSeller(server.url));
    await server.seal();
    role = `app_${randomBytes(6).toString('hex')}`;
    await server.database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'role'`);
    await server.database.pool.query('SELECT grant_application($1)', [role]);
    pool = new Pool({ connectionString: urlOf(role), max: 2 });
  });
  afterAll(async () => {
    await pool.end();
    await server.database.pool.query(`DROP OWNED BY ${role}`);
    await server.database.pool.query(`DROP ROLE ${role}`);
    await server.close();
  });

  function urlOf(name: string): string {
    const url = new URL(server.database.url);
    [url.username, url.password] = [name, 'role'];
    return url.toString();
  }

  /** Tries a statement in a transaction that is rolled back; the message of its refusal. */
  async function refusal(on: Pool, statement: string, before?: string): Promise<string | null> {
    const client = await on.connect();
    try {
      await client.query('BEGIN');
      if (before) await client.query(before);
      await client.query(statement);
      return null;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  test('A-01 the role of the application has no right to, and may not drop the tables', async () => {
    for (const change of [...CHANGES, ...TABLES.map((table) => `DROP TABLE ${table}`)]) {
      expect([change, await refusal(pool, change)]).toEqual([
        change,
        expect.stringMatching(/permission denied|must be owner/),
      ]);
    }
    expect(await refusal(pool, `SELECT grant_application('${role}')`)).toMatch('permission denied');
  });

  test('A-01 nobody runs with the rights of the owner but by leave, and on its tables only', async () => {
    const lax = await server.database.rows(
      `SELECT proname, proconfig FROM pg_proc
        WHERE prosecdef AND pronamespace = 'public'::regnamespace
          AND (has_function_privilege('public', oid, 'EXECUTE')
               OR NOT coalesce('search_path=public, pg_temp' = ANY (proconfig), false))`,
    );
    expect(lax).toEqual([]);
  });

  test('A-01 triggers refuse whoever has the right, also where nothing matches', async () => {
    await app.license();
    const { pool: owner } = server.database;
    const setting = "SELECT set_config('latchkey.erasing', 'on', true)";
    for (const change of [...CHANGES, ...QUEUE]) {
      for (const before of [undefined, setting]) {
        const refused = await refusal(owner, change, before);
        expect([change, before, refused]).toEqual([
          change,
          before,
          expect.stringMatching('is refused'),
        ]);
      }
      if (/^(UPDATE|DELETE)/.test(change) && !change.includes('pending')) {
        expect(await refusal(owner, `${change} WHERE false`)).toMatch('is refused');
      }
    }
  });

  test('A-01 twin: without triggers the owner, and with the rights the role, changes it', async () => {
    const { pool: owner } = server.database;
    const off = "SET LOCAL session_replication_role = 'replica'";
    const passed: (string | null)[] = [];
    for (const change of [...CHANGES, ...QUEUE]) {
      passed.push(await refusal(owner, change, off));
    }
    expect(passed.filter((refused) => refused === null).length / passed.length).toBeGreaterThan(
      0.9,
    );
    const granted = `GRANT ALL ON audit_nodes TO ${role}; SET ROLE ${role}`;
    expect(await refusal(owner, 'DELETE FROM audit_nodes', granted)).toMatch('is refused');
  });

  /** What comes of each deception, by the function that it is meant for. */
  async function deceptions(): Promise<(string | null)[]> {
    await app.license();
    const outcomes: (string | null)[] = [];
    for (const { statement } of DECEPTIONS) {
      outcomes.push(await refusal(pool, statement, STAND_INS));
    }
    return outcomes;
  }

  test('A-01 temporary tables of the same names deceive no function', async () => {
    expect(await deceptions()).toEqual(DECEPTIONS.map(({ guarded }) => guarded));
  });

  test('A-01 twin: on a path that begins with pg_temp they run with the rights of the owner', async () => {
    const { pool: owner } = server.database;
    const on = (path: string) =>
      DECEPTIONS.map(({ deceived }) => `ALTER FUNCTION ${deceived} SET search_path = ${path};`);
    await owner.query(on('public').join(''));
    try {
      expect(await deceptions()).toEqual(DECEPTIONS.map(({ unguarded }) => unguarded));
    } finally {
      await owner.query(on('public, pg_temp').join(''));
    }
  });

  test('A-01 the server does all its work as that role', async () => {
    const config = parseConfig({ ...testSettings, BACKGROUND_JOBS: 'false' });
    const secrets = { masterKey: config.MASTER_KEY!, jwtSecret: config.JWT_SECRET! };
    const logger = createLogger(config);
    const other = await createApp({ config, secrets, databaseUrl: urlOf(role), logger });
    try {
      await other.listen(0, '127.0.0.1');
      const made = await anApp(await aSeller(await other.getUrl()));
      const { id } = await made.user();
      await server.takeIn();
      const archive = other.get(AuditArchive, { strict: false });
      const origin = { requestId: 'r', ip: null, userAgent: null };
      expect(await archive.erase(uuidOf(made.seller.id), uuidOf(id), origin)).toBeGreaterThan(0);
      expect((await made.seller.delete(made.path())).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});
