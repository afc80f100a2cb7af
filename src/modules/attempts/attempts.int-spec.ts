import { anApp, TestApp } from '../../../test/factories';
import { until } from '../../../test/faults/support/until';
import { uuidOf } from '../../../test/golden/sample';
import { startTestServer, TestServer } from '../../../test/support/server';
import { Transactions } from '../../platform/database';
import { AttemptsRepository } from './attempts.repository';

const KEEP = 30;
const AHEAD = 3;

describe('days of attempts', () => {
  let server: TestServer;
  let app: TestApp;
  let atFirst: object[];
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    app = await anApp(server.url);
    atFirst = await partitions();
  });
  afterAll(() => server.close());

  const keepDays = () =>
    server.app
      .get(Transactions)
      .run(() => server.app.get(AttemptsRepository, { strict: false }).keepDays(KEEP, AHEAD));
  const partitions = () =>
    server.database.rows<{ name: string; rows: number }>(
      `SELECT c.relname AS name, (xpath('/row/n/text()', query_to_xml(
                format('SELECT count(*) AS n FROM %I', c.relname), false, true, '')))[1]::text::int AS rows
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'auth_attempts'::regclass ORDER BY 1`,
    );
  const INSERT = `
    INSERT INTO auth_attempts (id, created_at, seller_id, app_id, wire, action, outcome, request_id, facts)
    VALUES (gen_random_uuid(), now() - make_interval(days => $3), $1, $2, 'authon', 'login', 'granted', 'r', '{}')`;
  const attempt = (daysAgo = 0) => [uuidOf(app.seller.id), app.id, daysAgo];
  const day = async (daysAhead: number) =>
    server.database.value<string>(
      `SELECT 'auth_attempts_' || to_char(now() AT TIME ZONE 'UTC' + make_interval(days => $1), 'YYYYMMDD')`,
      [daysAhead],
    );

  /** As after a rest of some days: nothing is prepared, and attempts arrive in the last partition. */
  beforeEach(async () => {
    for (const { name } of await partitions()) {
      if (/\d$/.test(name)) await server.database.rows(`DROP TABLE ${name}`);
    }
    await server.database.rows('DELETE FROM auth_attempts');
  });

  test('the schema comes with partitions for the first days', () => {
    expect(atFirst).toHaveLength(1 + AHEAD + 1);
  });

  /** Attempts that come while their day gets its partition: one not committed yet, one after it. */
  async function whileAttemptsArrive(): Promise<PromiseSettledResult<unknown>[]> {
    const { pool, value } = server.database;
    const early = await pool.connect();
    await early.query('BEGIN');
    await early.query(INSERT, attempt());
    const kept = keepDays();
    const waiting = (number: number) => async () =>
      (await value<number>('SELECT count(DISTINCT pid)::int FROM pg_locks WHERE NOT granted')) >=
      number;
    await until('the days to wait for who is writing', waiting(1), 5_000);
    const late = pool.query(INSERT, attempt());
    const both = Promise.allSettled([kept, late]);
    await until('a writer to wait for the days', waiting(2), 1_000).catch(() => undefined);
    await early.query('COMMIT');
    early.release();
    return both;
  }

  test('days get their partitions while attempts arrive, and no attempt is lost', async () => {
    expect(await whileAttemptsArrive()).toEqual([
      { status: 'fulfilled', value: 0 },
      expect.objectContaining({ status: 'fulfilled' }),
    ]);
    expect(await partitions()).toEqual([
      { name: await day(0), rows: 2 },
      { name: await day(1), rows: 0 },
      { name: await day(2), rows: 0 },
      { name: await day(3), rows: 0 },
      { name: 'auth_attempts_other', rows: 0 },
    ]);
  });

  test('twin: without the locks an attempt that commits meanwhile undoes it all', async () => {
    const { rows, value } = server.database;
    const whole = await value<string>("SELECT pg_get_functiondef('keep_attempt_days'::regproc)");
    await rows(whole.replace(/(IF [^;]*)?LOCK TABLE [^;]*;( END IF;)?/g, ''));
    const [kept] = await whileAttemptsArrive();
    await rows(whole);
    expect(kept!.status).toBe('rejected');
    expect(await partitions()).toEqual([{ name: 'auth_attempts_other', rows: 2 }]);
  });

  test('what lies in the last partition ends as other days do', async () => {
    for (const daysAgo of [KEEP + 2, KEEP - 1, 1, 0]) {
      await server.database.rows(INSERT, attempt(daysAgo));
    }
    await keepDays();
    expect((await partitions()).filter(({ rows }) => rows > 0)).toEqual([
      { name: await day(0), rows: 1 },
      { name: 'auth_attempts_other', rows: 2 },
    ]);
  });

  test('a day past those to keep is dropped whole', async () => {
    const old = await day(-KEEP - 1);
    await server.database.rows(
      `CREATE TABLE ${old} PARTITION OF auth_attempts
         FOR VALUES FROM ('${old.slice(-8)} 00:00+00') TO ('${old.slice(-8)} 24:00+00')`,
    );
    expect(await keepDays()).toBe(1);
    expect(await keepDays()).toBe(0);
  });

  test('the function looks nowhere but in its own schema', async () => {
    const settings = await server.database.value<string[]>(
      `SELECT proconfig FROM pg_proc WHERE proname = 'keep_attempt_days'`,
    );
    expect(settings).toEqual(['search_path=public, pg_temp']);
  });
});
