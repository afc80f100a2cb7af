import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PoolClient } from 'pg';
import type { QueryRunner } from 'typeorm';
import { AuditGuards1763895000000 } from '../../migrations/1763895000000-audit-guards';
import { AuditArchive, verifyDump } from '../../src/modules/audit';
import { commit } from '../../src/modules/audit/commitments';
import { anApp, aSeller, TestApp, unique } from '../factories';
import { uuidOf } from '../golden/sample';
import { expectBroken, expectHeld, trials, unless } from '../races/support';
import { storedText } from '../security/support';
import { includes, RFC9162 } from '../support/rfc9162';
import { PROJECT_ROOT } from '../support/server';
import { testSettings } from '../support/settings';
import { anAuditServer, AuditServer } from './support';

const TABLES = ['audit_records', 'audit_leaves', 'audit_nodes'];
const ORIGIN = { requestId: 'privacy-request', ip: null, userAgent: null };
const hex = (text: string) => Buffer.from(text, 'hex');

describe('what can be taken out of the record, and what cannot', () => {
  let server: AuditServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await anAuditServer();
    app = await anApp(await aSeller(server.url));
    for (let i = 0; i < 5; i++) await app.license();
    await server.seal();
  });
  afterAll(() => server.close());

  const erase = (id: string) =>
    server.app
      .get(AuditArchive, { strict: false })
      .erase(uuidOf(app.seller.id), uuidOf(id), ORIGIN);

  test('A-07 a person is gone from the record; root, proofs and the exported tree stay', async () => {
    const hwid = unique('PC-of-the-person-');
    const person = await app.user({ hwid, username: unique('person-') });
    const other = await app.user();
    await app.login(person.username, hwid);
    await app.seller.post(app.path(`/users/${person.id}/ban`), { reason: `rude ${hwid}` });
    await server.seal();
    const before = await server.exported();
    const line = (await app.seller.get(`/v1/admin/audit?actorId=${person.id}&limit=1`)).body
      .data[0];
    const proof = (await app.seller.get(`/v1/admin/audit/inclusion?recordId=${line.id}`)).body.data;
    expect(line.ip).toBe('127.0.0.1');
    expect(await storedText(server.database, TABLES)).toContain(person.username);

    expect(await erase(person.id)).toBe(3);
    expect(await erase(person.id)).toBe(0);

    const stored = await storedText(server.database, TABLES);
    for (const personal of [person.username, hwid]) expect(stored).not.toContain(personal);
    expect(stored).toContain(other.username);
    const [erased] = (await app.seller.get(`/v1/admin/audit?actorId=${person.id}&limit=1`)).body
      .data;
    expect(erased).toEqual({ ...line, ip: null, details: {}, erased: true });
    const again = (await app.seller.get(`/v1/admin/audit/inclusion?recordId=${line.id}`)).body.data;
    expect(again).toEqual({ ...proof, salt: null });
    const path = (again.path as string[]).map(hex);
    const { size, root } = again.checkpoint;
    const leaf = RFC9162.leaf(Buffer.from(again.leaf as string));
    expect(includes(leaf, again.index, size, path, hex(root))).toBe(true);
    // Who knows only what was exported before the erasure cannot tell who added its record.
    expect(await verifyDump(await server.dump(), before)).toMatchObject({
      erased: 3,
      bad: { problem: expect.stringContaining('no checkpoint covers') },
    });
    await server.seal();
    expect(await verifyDump(await server.dump(), await server.exported())).toMatchObject({
      erased: 3,
      uncovered: 0,
      bad: null,
    });
  });

  test('A-07 nothing is erased but by a record that says so', async () => {
    const { pool } = server.database;
    const setting = "SELECT set_config('latchkey.erasing', 'on', false)";
    const client = await pool.connect();
    try {
      await client.query(setting);
      for (const change of [
        "UPDATE audit_records SET ip = NULL, details = '{}'",
        'UPDATE audit_leaves SET salt = NULL, erased_by = gen_random_uuid()',
        "SELECT erase_audit_person(seller_id, actor_id, id) FROM audit_records WHERE action = 'license.generate'",
      ]) {
        await expect(client.query(change)).rejects.toThrow('is refused');
      }
    } finally {
      client.release(true);
    }
  });

  /** Blanks under the id of an erasure what it does not concern; how many leaves, each time. */
  async function misuses(prepare: (client: PoolClient) => Promise<void>) {
    const [person, other] = [await app.user(), await app.user()];
    await erase(person.id);
    await app.seller.post(app.path(`/users/${person.id}/ban`));
    await server.takeIn();
    const [seller, erased, spared] = [app.seller.id, person.id, other.id].map(uuidOf);
    const erasure = `(SELECT id FROM audit_records WHERE action = 'audit.erase' AND target_id = '${erased}')`;
    const call = (of: string) => `SELECT erase_audit_person('${seller}', '${of}', ${erasure}) AS n`;
    const change = (of: string) =>
      `WITH blanked AS (UPDATE audit_leaves SET salt = NULL, erased_by = ${erasure}
         WHERE erased_by IS NULL AND record_id IN
           (SELECT id FROM audit_records WHERE action <> 'audit.erase' AND target_id = '${of}')
         RETURNING 1) SELECT count(*) AS n FROM blanked`;
    const found: (number | string)[] = [];
    for (const misuse of [call(spared!), call(erased!), change(spared!), change(erased!)]) {
      const client = await server.database.pool.connect();
      try {
        await client.query("BEGIN; SET LOCAL latchkey.erasing = 'on'");
        await prepare(client);
        found.push(Number((await client.query<{ n: string }>(misuse)).rows[0]!.n));
      } catch (error) {
        found.push((error as Error).message);
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    }
    return found;
  }

  test('A-07 an erasure reaches its person only, and nothing that came after it', async () => {
    const refused = expect.stringContaining('is refused');
    expect(await misuses(() => Promise.resolve())).toEqual([refused, 0, refused, refused]);
  });

  test('A-07 twin: without those guards any erasure blanks anything', async () => {
    const guards = new AuditGuards1763895000000();
    const off = (client: PoolClient) => guards.down(client as unknown as QueryRunner);
    expect(await misuses(off)).toEqual([1, 1, 1, 1]);
  });

  test('A-07 who knows all addresses cannot tell an erased one; twin: without salt they can', () => {
    const candidates = Array.from({ length: 256 }, (_, n) => `198.51.100.${n}`);
    const guess = (salt: Buffer | null, kept: string) =>
      candidates.find((ip) => commit(salt ?? Buffer.alloc(0), { ip, details: '{}' }).ip === kept);
    const outcomes = (salted: boolean) =>
      Array.from({ length: trials(50) }, (_, n) => {
        const salt = salted ? hex(`${n}`.padStart(64, '7')) : Buffer.alloc(0);
        const kept = commit(salt, { ip: candidates[n % 256]!, details: '{}' }).ip;
        return unless(guess(null, kept) === undefined, `${candidates[n % 256]} was told`);
      });
    expectHeld('A-07 guessing', outcomes(true));
    expectBroken('A-07 guessing', outcomes(false));
  });

  test('A-02 as superuser: each change is found in a dump, by the command line too', async () => {
    const person = await app.user();
    await erase(person.id);
    await app.seller.post(app.path(`/users/${person.id}/ban`));
    await server.seal();
    const exported = await server.exported();
    const last = exported.size - 1;
    const at = 2;
    const record = `(SELECT record_id FROM audit_leaves WHERE seq = ${at})`;
    const changes: Record<string, number> = {
      [`UPDATE audit_records SET outcome = 'REFUSED' WHERE id = ${record}`]: at,
      [`UPDATE audit_records SET details = '{"a": 1}' WHERE id = ${record}`]: at,
      [`UPDATE audit_records SET occurred_at = occurred_at + interval '1 microsecond' WHERE id = ${record}`]:
        at,
      [`UPDATE audit_leaves SET seq = CASE seq WHEN ${at} THEN -1 ELSE ${at} END WHERE seq IN (${at}, ${at + 1})`]:
        at,
      [`DELETE FROM audit_leaves WHERE seq = ${at}`]: at,
      [`DELETE FROM audit_records WHERE id = ${record}`]: at,
      [`DELETE FROM audit_leaves WHERE seq = ${last}`]: last,
      [`UPDATE audit_leaves SET salt = NULL WHERE seq = ${at}`]: at,
      [blanked(at, 'gen_random_uuid()')]: at,
      // By an erasure of somebody else, by one from before, by one that was added for it.
      [blanked(at, erasure)]: at,
      [blanked(last, erasure)]: last,
      [`${addErasure(at, exported.size)}; ${blanked(at, erasure)}`]: at,
    };
    await superuser('CREATE SCHEMA saved');
    for (const table of TABLES) await superuser(`CREATE TABLE saved.${table} AS TABLE ${table}`);
    const original = await server.dump();
    for (const [change, seq] of Object.entries(changes)) {
      await superuser(change);
      expect([change, (await verifyDump(await server.dump(), exported)).bad?.seq]).toEqual([
        change,
        seq,
      ]);
      for (const table of TABLES) {
        await superuser(`DELETE FROM ${table}; INSERT INTO ${table} TABLE saved.${table}`);
      }
    }
    expect(await server.dump()).toEqual(original);
    const dump = join(server.directory, 'tampered.jsonl');
    writeFileSync(dump, original.toSpliced(3, 1).join('\n'));
    expect(await latchkey('verify', dump, server.checkpointFile)).toContain(
      'BAD: entry 3 is missing',
    );
  });

  test('A-07 by the command line, while no server runs: what was just done is erased, and proven', async () => {
    const person = await app.user({ username: unique('last-second-') });
    // By a server whose clock is ahead.
    await server.database.pool.query(
      `INSERT INTO audit_records (id, seller_id, actor_kind, actor_id, action, target_kind, outcome, severity, ip, request_id, details)
       VALUES ('ffffffff-ffff-7fff-bfff-ffffffffffff', $1, 'app-user', $2, 'client.login', 'app-user', 'granted', 'info', $3, 'r', '{}')`,
      [uuidOf(app.seller.id), uuidOf(person.id), person.username],
    );
    expect(await latchkey('erase', app.seller.email, person.id)).toContain('erased in 2 records');
    expect(await storedText(server.database, TABLES)).not.toContain(person.username);
    const dump = join(server.directory, 'dump.jsonl');
    expect(await latchkey('dump', dump)).toContain('wrote');
    const said = await latchkey('verify', dump, server.checkpointFile);
    expect(said).toContain(' 0 not covered yet');
    expect(said).toContain('OK: every entry is as it was exported');
  });

  const erasure =
    "(SELECT id FROM audit_records WHERE action = 'audit.erase' ORDER BY id DESC LIMIT 1)";

  /** Blanks an entry, as if it had been erased. */
  function blanked(seq: number, erasedBy: string): string {
    return `WITH l AS (UPDATE audit_leaves SET salt = NULL, erased_by = ${erasedBy} WHERE seq = ${seq} RETURNING record_id)
      UPDATE audit_records SET ip = NULL, details = '{}' WHERE id IN (SELECT record_id FROM l)`;
  }

  /** Adds a leaf that says that who acted in an entry was erased. */
  function addErasure(seq: number, as: number): string {
    const id = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
    return `INSERT INTO audit_records (id, seller_id, actor_kind, action, target_kind, target_id, outcome, severity, request_id, details)
        SELECT '${id}', r.seller_id, 'operator', 'audit.erase', 'person', r.actor_id, 'granted', 'warning', 'r', '{}'
          FROM audit_records r JOIN audit_leaves l ON l.record_id = r.id WHERE l.seq = ${seq};
      INSERT INTO audit_leaves (seq, record_id, seller_id, salt, ip_hash, details_hash, leaf_hash)
        SELECT ${as}, id, seller_id, '', '', '', '' FROM audit_records WHERE id = '${id}'`;
  }

  /** Runs statements that no trigger sees. */
  async function superuser(statements: string): Promise<void> {
    await server.database.pool.query(
      `BEGIN; SET LOCAL session_replication_role = 'replica'; ${statements}; COMMIT`,
    );
  }

  /** What a command of `latchkey audit` prints. */
  async function latchkey(...args: string[]): Promise<string> {
    const run = promisify(execFile)(process.execPath, ['dist/src/cli/main.js', 'audit', ...args], {
      cwd: PROJECT_ROOT,
      env: {
        ...process.env,
        ...testSettings,
        DATABASE_URL: server.database.url,
        AUDIT_CHECKPOINT_FILE: server.checkpointFile,
      },
    });
    return run.then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
  }
});
