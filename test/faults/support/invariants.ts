import { createHash } from 'node:crypto';
import type { TestDatabase } from '../../support/database';
import type { Write } from './mixed-writes';

type Reader = Pick<TestDatabase, 'rows'>;

const GRANTED = `a.outcome = 'granted'`;
const OPENED = `a.action IN ('client.login', 'client.license')`;
const MADE = `a.action IN ('client.register', 'user.create')`;

/** Sentence → statement whose rows break it. Written for the mix of mixed-writes.ts: every licence is of 30 days. */
const RULES: Readonly<Record<string, string>> = {
  'a licence has at most maxDevices devices': `
    SELECT l.id FROM licenses l JOIN license_devices d ON d.license_id = l.id AND d.released_at IS NULL
     GROUP BY l.id HAVING count(*) > l.max_devices`,
  'a licence with a user, a device or a session is activated': `
    SELECT l.id FROM licenses l WHERE l.activated_at IS NULL AND (
      EXISTS (SELECT FROM app_users u WHERE u.license_id = l.id)
      OR EXISTS (SELECT FROM license_devices d WHERE d.license_id = l.id)
      OR EXISTS (SELECT FROM sessions s WHERE s.license_id = l.id))`,
  'an activated licence has one activation event, another has none': `
    SELECT l.id FROM licenses l WHERE coalesce(l.note, '') NOT LIKE 'Issued with user %'
       AND (SELECT count(*) FROM outbox_events o
             WHERE o.type = 'license.activate' AND o.data->>'licenseId' = l.id::text)
           <> (CASE WHEN l.activated_at IS NULL THEN 0 ELSE 1 END)`,
  'a used key has its one owner: a registered user or a sign-in by key': `
    SELECT l.id FROM licenses l
     WHERE l.activated_at IS NOT NULL AND coalesce(l.note, '') NOT LIKE 'Issued with user %'
       AND (SELECT count(*) FROM app_users u WHERE u.license_id = l.id)
         + (SELECT count(DISTINCT a.actor_id) FROM audit_records a
             WHERE ${GRANTED} AND a.action = 'client.license' AND a.actor_id = l.id) <> 1`,
  'a session has one record and one event': `
    SELECT s.id FROM sessions s
     WHERE (SELECT count(*) FROM audit_records a WHERE ${GRANTED} AND ${OPENED} AND a.target_id = s.id) <> 1
        OR (SELECT count(*) FROM outbox_events o
             WHERE o.type = 'session.create' AND o.data->>'sessionId' = s.id::text) <> 1`,
  'a recorded sign-in has its session, unless the user was deleted': `
    SELECT a.id FROM audit_records a
     WHERE ${GRANTED} AND ${OPENED} AND NOT EXISTS (SELECT FROM sessions s WHERE s.id = a.target_id)
       AND NOT EXISTS (SELECT FROM audit_records d WHERE d.action = 'user.delete' AND d.target_id = a.actor_id)`,
  'a sign-in event belongs to a recorded sign-in': `
    SELECT o.id FROM outbox_events o
     WHERE o.type = 'session.create' AND NOT EXISTS (
       SELECT FROM audit_records a WHERE ${GRANTED} AND ${OPENED} AND a.target_id = (o.data->>'sessionId')::uuid)`,
  'users sign in as often in the record as in the outbox': `
    SELECT 1 WHERE (SELECT count(*) FROM outbox_events WHERE type = 'user.login')
      <> (SELECT count(*) FROM audit_records a WHERE ${GRANTED} AND a.action = 'client.login')`,
  'a user has one record of the making': `
    SELECT u.id FROM app_users u
     WHERE (SELECT count(*) FROM audit_records a WHERE ${GRANTED} AND ${MADE} AND a.target_id = u.id) <> 1`,
  'a recorded user exists, or the deletion is recorded once': `
    SELECT a.target_id FROM audit_records a
     WHERE ${GRANTED} AND ${MADE}
       AND (SELECT count(*) FROM app_users u WHERE u.id = a.target_id)
         + (SELECT count(*) FROM audit_records d WHERE d.action = 'user.delete' AND d.target_id = a.target_id) <> 1`,
  'registrations are as many in the record as in the outbox': `
    SELECT 1 WHERE (SELECT count(*) FROM outbox_events WHERE type = 'user.register')
      <> (SELECT count(*) FROM audit_records a WHERE ${GRANTED} AND a.action = 'client.register')`,
  'a ban has one record and one event, and only a banned user has them': `
    SELECT u.id FROM app_users u, LATERAL (
      SELECT (SELECT count(*) FROM audit_records a WHERE ${GRANTED} AND a.action = 'user.ban' AND a.target_id = u.id) AS records,
             (SELECT count(*) FROM outbox_events o WHERE o.type = 'user.ban' AND o.data->>'userId' = u.id::text) AS events) n
     CROSS JOIN LATERAL (SELECT (CASE WHEN u.status = 'BANNED' THEN 1 ELSE 0 END) AS due) d
     WHERE n.records <> d.due OR n.events <> d.due`,
  'nobody who is banned or deleted has a live session': `
    SELECT s.id FROM sessions s LEFT JOIN app_users u ON u.id = s.user_id
     WHERE s.ended_at IS NULL AND s.user_id IS NOT NULL AND (u.id IS NULL OR u.status <> 'ACTIVE')`,
  'a licence is as much longer as extensions are recorded': `
    SELECT l.id FROM licenses l WHERE coalesce(l.note, '') NOT LIKE 'Issued with user %'
       AND abs(extract(epoch FROM coalesce(l.expires_at - l.activated_at, make_interval(secs => l.duration_seconds)))
         - 86400 * (30 + (SELECT count(*) FROM audit_records a
             WHERE ${GRANTED} AND a.action = 'license.extend' AND a.target_id = l.id))) > 1`,
  'a generated licence has one record, and the record its licence': `
    SELECT coalesce(l.note, a.request_id)
      FROM (SELECT note, count(*) AS n FROM licenses WHERE note LIKE 'w-%' GROUP BY note) l
      FULL JOIN (SELECT request_id, count(*) AS n FROM audit_records
                  WHERE action = 'license.generate' AND request_id LIKE 'w-%' GROUP BY request_id) a
        ON a.request_id = l.note
     WHERE l.n IS DISTINCT FROM 1 OR a.n IS DISTINCT FROM 1`,
  'a remembered answer has one effect': `
    SELECT k.key FROM idempotency_keys k
     WHERE k.answer IS NULL OR (SELECT count(*) FROM audit_records a WHERE a.request_id = k.key) <> 1`,
  'an effect with a key has its remembered answer': `
    SELECT a.request_id FROM audit_records a
     WHERE a.request_id LIKE 'w-%' AND a.action IN ('license.generate', 'license.extend', 'user.create', 'user.ban')
       AND NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.key = a.request_id)`,
};

/** Which sentences about the stored data do not hold. */
export async function brokenInvariants(database: Reader): Promise<string[]> {
  const broken: string[] = [];
  for (const [sentence, sql] of Object.entries(RULES)) {
    const rows = await database.rows(sql);
    if (rows.length > 0) broken.push(`${rows.length} × broken: ${sentence}`);
  }
  return broken;
}

/** The writes whose stored effects differ from what their senders were told. */
export async function lostWrites(database: Reader, writes: readonly Write[]): Promise<string[]> {
  const column = async (sql: string) => (await database.rows<{ v: string }>(sql)).map(({ v }) => v);
  const records = new Map<string, number>();
  for (const id of await column(
    `SELECT request_id AS v FROM audit_records a WHERE ${GRANTED} AND request_id LIKE 'w-%'`,
  )) {
    records.set(id, (records.get(id) ?? 0) + 1);
  }
  const notes = new Set(await column(`SELECT note AS v FROM licenses WHERE note IS NOT NULL`));
  const users = new Set(await column('SELECT username AS v FROM app_users'));
  const tokens = new Set(await column(`SELECT encode(token_hash, 'hex') AS v FROM sessions`));
  const bans = new Set(
    await column(`SELECT data->>'reason' AS v FROM outbox_events WHERE type = 'user.ban'`),
  );
  const devices = new Set(await column('SELECT hwid AS v FROM license_devices'));
  const deletions = writes.filter(({ kind }) => kind === 'deleteUser');
  const mayBeGone = new Set(deletions.map(({ username }) => username));

  const effectStands = (write: Write): boolean => {
    const gone = write.username !== undefined && mayBeGone.has(write.username);
    const tokenStands = !write.token || tokens.has(sha256(write.token));
    switch (write.kind) {
      case 'generate':
        return notes.has(write.id);
      case 'extend':
        return true; // Counted by the rule about extensions, against the records.
      case 'register':
      case 'createUser':
        return gone || users.has(write.id);
      case 'useKey':
        return devices.has(write.id) && tokenStands;
      case 'login':
        return gone || tokenStands;
      case 'ban':
        return bans.has(write.id);
      case 'deleteUser':
        return !users.has(write.username!);
    }
  };

  const lost: string[] = [];
  for (const write of writes) {
    const found = records.get(write.id) ?? 0;
    const { kind, id, outcome } = write;
    if (found > 1) lost.push(`${kind} ${id} was done ${found} times`);
    if (outcome === 'refused' && found > 0) lost.push(`${kind} ${id} was refused and done`);
    if (outcome !== 'acknowledged') continue;
    if (found === 0) lost.push(`${kind} ${id} was acknowledged and is not on record`);
    if (!effectStands(write)) lost.push(`${kind} ${id} was acknowledged and its effect is lost`);
  }
  return lost;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
