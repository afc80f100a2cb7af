import { hashSync } from 'bcrypt';
import { TestApp } from '../factories';
import type { TestDatabase } from '../support/database';
import type { Answer } from '../support/http';

export type Format = 'json' | 'csv' | 'keyauth-keys' | 'keyauth-users';

/** Sends a file as it is, as octets. */
export function importFile(
  app: TestApp,
  format: Format,
  file: string | Uint8Array,
  dryRun = false,
): Promise<Answer> {
  const path = app.path(`/import?format=${format}&dryRun=${dryRun}`);
  const headers = { 'content-type': format === 'csv' ? 'text/csv' : 'application/octet-stream' };
  return app.seller.post(path, undefined, { raw: file, headers });
}

export async function exportFile(
  app: TestApp,
  what: 'licenses' | 'users',
  format: 'json' | 'csv' = 'json',
): Promise<string> {
  const answer = await app.seller.get(app.path(`/export?what=${what}&format=${format}`));
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.text;
}

/** What an import answers when it did something. */
export function imported(
  licenses: { created?: number; unchanged?: number },
  users: { created?: number; unchanged?: number } = {},
): object {
  const none = { created: 0, unchanged: 0 };
  return {
    dryRun: false,
    licenses: { ...none, ...licenses },
    users: { ...none, ...users },
    errorCount: 0,
    errors: [],
  };
}

/** Digest of everything an import could touch; equal before and after means nothing was stored. */
export async function stored(database: TestDatabase): Promise<string> {
  const tables = ['licenses', 'license_devices', 'app_users', 'audit_records', 'import_rows'];
  const selects = tables.map(
    (table) =>
      `SELECT '${table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS d FROM ${table} t`,
  );
  const rows = await database.rows<{ d: string }>(`${selects.join(' UNION ALL ')} ORDER BY name`);
  return rows.map(({ d }) => d).join();
}

export const PHP_PASSWORD = 'pässwort von früher';
/** As PHP's password_hash writes it. */
export const PHP_HASH = hashSync(PHP_PASSWORD, 4).replace('$2b$', '$2y$');

const DAY = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** Licences and users of every kind, with what breaks spreadsheets and careless programs. */
export function everyKind(now: number): { licenses: object[]; users: object[] } {
  const used = { activatedAt: iso(now - DAY), durationSeconds: 30 * 86_400 };
  const texts = [
    '=cmd()',
    '+1',
    '-1',
    '@x',
    "'=x",
    "''@y",
    "'plain",
    '"quoted", and;more',
    'two\r\nlines',
    '\ttab',
    '＝full',
  ];
  const licenses: object[] = [
    { key: 'UNUSED-1', durationSeconds: 3_600, level: 0, maxDevices: 3, prefix: 'VIP' },
    { key: 'LIFETIME-UNUSED', durationSeconds: null },
    {
      key: 'USED-1',
      ...used,
      expiresAt: iso(now + 29 * DAY),
      devices: ['HWID-1', '=HWID("2")', 'Gerät 🔑', ' ＰＣ\u200b-１'],
      addresses: ['2001:DB8:0::1', 'Play.Example.com:25565'],
      maxDevices: 5,
    },
    { key: 'LIFETIME-USED', activatedAt: iso(now - DAY), durationSeconds: null, expiresAt: null },
    { key: 'EXPIRED-1', ...used, expiresAt: iso(now - 1), devicesResetAt: iso(now - 5) },
    { key: 'BANNED-1', ...used, hold: 'BANNED' },
    { key: 'SUSPENDED-1', durationSeconds: 60, hold: 'SUSPENDED' },
    { key: 'REVOKED-1', durationSeconds: 60, hold: 'REVOKED', subscription: 'Prémium 💎' },
    { key: '-odd_key', durationSeconds: 60, createdAt: iso(now - 400 * DAY) },
    ...texts.map((note, n) => ({
      key: `NOTE-${n}`,
      durationSeconds: 60,
      note,
      subscription: n === 0 ? '=s' : null,
    })),
  ];
  const behind = Array.from({ length: 8 }, (_, n) => ({
    key: `USER-${n}`,
    ...used,
    createdAt: iso(now - n),
  }));
  const users: object[] = [
    {
      username: 'Ann',
      licenseKey: 'USER-0',
      passwordHash: PHP_HASH,
      lastLoginAt: iso(now - 7),
      lastIp: '2001:db8::1',
      lastHwid: 'HWID-1',
      emailSha1: 'a'.repeat(40),
    },
    { username: 'Grüße 🎉', licenseKey: 'user-1', passwordHash: null, note: '=note' },
    { username: 'banned', licenseKey: 'USER-2', status: 'BANNED', banReason: '@reason' },
    { username: 'frozen', licenseKey: 'USER-3', status: 'FROZEN', createdAt: iso(now - 500 * DAY) },
    { username: '=HYPERLINK("x")', licenseKey: 'USER-4' },
    { username: 'NULL', licenseKey: 'USER-5' },
    { username: 'nobody', licenseKey: null },
    { username: 'issued', level: 7, expiresAt: iso(now + DAY), subscription: 'Gold', hwid: 'PC' },
    { username: 'issued for ever', expiresAt: null },
  ];
  return { licenses: [...licenses, ...behind], users };
}
