import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
    await server.seal();
    expect(await verifyDump(await server.dump(), before)).toMatchObject({ erased: 3, bad: null });
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
    await server.seal();
    const exported = await server.exported();
    const last = exported.size - 1;
    const at = Math.floor(exported.size / 2);
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
      [`WITH l AS (UPDATE audit_leaves SET salt = NULL, erased_by = gen_random_uuid() WHERE seq = ${at})
        UPDATE audit_records SET ip = NULL, details = '{}' WHERE id = ${record}`]: at,
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
    const dump = join(server.directory, 'dump.jsonl');
    writeFileSync(dump, original.join('\n'));
    expect(await verified(dump)).toContain('OK: every entry is as it was exported');
    writeFileSync(dump, original.toSpliced(3, 1).join('\n'));
    expect(await verified(dump)).toContain('BAD: entry 3 is missing');
  });

  /** Runs statements that no trigger sees. */
  async function superuser(statements: string): Promise<void> {
    await server.database.pool.query(
      `BEGIN; SET LOCAL session_replication_role = 'replica'; ${statements}; COMMIT`,
    );
  }

  /** What `latchkey audit verify` prints of a dump. */
  async function verified(dump: string): Promise<string> {
    const args = ['dist/src/cli/main.js', 'audit', 'verify', dump, server.checkpointFile];
    const run = promisify(execFile)(process.execPath, args, {
      cwd: PROJECT_ROOT,
      env: { ...process.env, ...testSettings },
    });
    return run.then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
  }
});
