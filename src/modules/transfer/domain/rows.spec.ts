import * as fc from 'fast-check';
import { CommonErrors, formatCursor, parseCursor } from '../../../kernel';
import { keyAuthKey, keyAuthSubscription, keyAuthUser } from './keyauth';
import { RawRecord } from './fields';
import { licenseRow as readLicense } from './license-row';
import { requireUsersScope } from './scope';
import { userRow } from './user-row';

const isHash = (text: string) => text.startsWith('$2');
const addressForm = (text: string) => (text.includes(' ') ? null : text.toLowerCase());
const licenseRow = (record: RawRecord) => readLicense(record, addressForm);

describe('rows of a file', () => {
  test('a licence says what its record says, and nothing of the rest', () => {
    expect(licenseRow({ key: ' k-1 ', durationType: '1h' })).toEqual({
      row: { key: ' k-1 ', durationSeconds: 3_600 },
    });
    expect(licenseRow({ key: 'k', durationSeconds: null, expiresAt: null, level: '7' })).toEqual({
      row: { key: 'k', durationSeconds: null, expiresAt: null, level: 7 },
    });
  });

  test('one in use ends after its duration, unless the record says when', () => {
    const used = { key: 'k', activatedAt: '2026-01-01T00:00:00Z', durationSeconds: 60 };
    expect(licenseRow(used).row).toMatchObject({ expiresAt: '2026-01-01T00:01:00.000Z' });
    expect(licenseRow({ ...used, durationSeconds: null }).row).toMatchObject({ expiresAt: null });
    expect(licenseRow({ ...used, expiresAt: null }).row).toMatchObject({ expiresAt: null });
    const late = { ...used, activatedAt: '9999-12-31T23:59:00Z' };
    expect(licenseRow(late).row).toMatchObject({ expiresAt: '9999-12-31T23:59:59.999Z' });
  });

  test('came to be in a year that the cursors of lists hold', () => {
    const id = '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c';
    const made = (createdAt: string) => [
      licenseRow({ key: 'k', durationSeconds: 1, createdAt }).row?.createdAt,
      userRow({ username: 'u', createdAt }, isHash).row?.user.createdAt,
    ];
    for (const first of ['1970-01-01T00:00:00.000Z', '2199-12-31T23:59:59.999Z']) {
      expect(made(first)).toEqual([first, first]);
      const at = String(Date.parse(first) * 1_000);
      expect(parseCursor(formatCursor({ at, id }))).toEqual({ at, id });
    }
    for (const other of [
      '0001-01-01T00:00:00Z',
      '1969-12-31T23:59:59.999Z',
      '2200-01-01T00:00:00Z',
    ]) {
      expect(made(other)).toEqual([undefined, undefined]);
      const device = { hwid: 'PC', boundAt: other };
      expect(licenseRow({ key: 'k', durationSeconds: 1, devices: [device] }).problems).toEqual([
        { field: 'devices', message: 'boundAt must be of the years 1970 to 2199' },
      ]);
    }
  });

  test('a user has the licence of their key, or none, or one issued behind them', () => {
    const issueOf = (record: object) => userRow({ username: 'u', ...record }, isHash).row?.issue;
    expect(issueOf({ licenseKey: 'k' })).toBeNull();
    expect(issueOf({ licenseKey: null })).toBeNull();
    expect(issueOf({})).toEqual({});
    expect(issueOf({ licenseKey: null, level: 2 })).toEqual({ level: 2 });
    expect(issueOf({ hwid: 'PC' })).toEqual({ devices: [{ hwid: 'PC' }] });
  });

  test('devices and addresses are spelled as those of clients are compared', () => {
    const bound = (more: object) => licenseRow({ key: 'k', durationSeconds: 1, ...more });
    const devices = [' ＰＣ-１', { hwid: 'ＰＣ\u200b-2', boundAt: '2026-01-01T00:00:00.000Z' }];
    expect(bound({ devices, addresses: [' Play.Example.com'] }).row).toMatchObject({
      devices: [{ hwid: 'PC-1' }, { hwid: 'PC-2', boundAt: '2026-01-01T00:00:00.000Z' }],
      addresses: ['play.example.com'],
    });
    const problemsOf = (more: object) => bound(more).problems?.map(({ message }) => message);
    expect(problemsOf({ devices: ['ＰＣ', 'PC '] })).toEqual(['names one HWID twice']);
    expect(problemsOf({ devices: ['\u200b'] })).toEqual(['hwid must hold a visible character']);
    expect(problemsOf({ devices: ['㍿'.repeat(65)] })).toEqual([
      'hwid must be at most 256 characters when normalised (NFKC)',
    ]);
    for (const addresses of [
      ['A.example', 'a.Example'],
      ['no address', 'a.example'],
      [7, 'a.example'],
    ]) {
      expect(problemsOf({ addresses })).toEqual([
        expect.stringMatching(/^must be a list of .*once$/),
      ]);
    }
    const user = { username: 'u', hwid: 'ＰＣ', lastHwid: 'ＰＣ' };
    const both = [userRow(user, isHash).row, keyAuthUser(user, isHash).row];
    expect(both.map((row) => row?.issue?.devices)).toEqual([[{ hwid: 'PC' }], [{ hwid: 'PC' }]]);
    expect(both[0]?.user.lastHwid).toBe('PC');
  });

  test("KeyAuth's days, unix seconds and ways to say nothing", () => {
    expect(keyAuthKey({ key: 'k', level: '1', expiry: '1.5' }).row?.durationSeconds).toBe(129_600);
    expect(keyAuthKey({ key: 'k', expiry: 36_500 }).row?.durationSeconds).toBeNull();
    expect(keyAuthKey({ key: 'k', expiry: 0 }).problems).toHaveLength(1);
    const row = { user: 'u', subscription: 's', expiry: '253402300800' };
    expect(keyAuthSubscription(row).row?.expiresAt).toBeNull();
    const user = { username: 'u', password: '', banned: false, hwid: 0, ip: null, email: '' };
    expect(keyAuthUser(user, isHash).row).toMatchObject({
      user: { status: 'ACTIVE', banReason: null, passwordHash: null },
      issue: {},
    });
  });

  test('F-08 any record is a row or a list of problems, never a crash', () => {
    const names = fc.constantFrom(
      'key',
      'username',
      'user',
      'expiry',
      'level',
      'devices',
      'hwid',
      'licenseKey',
      'passwordHash',
      'password',
      'durationSeconds',
      'activatedAt',
      'note',
      '__proto__',
      'constructor',
    );
    const record = fc.dictionary(names, fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(record, (value) => {
        for (const read of [licenseRow, keyAuthKey, keyAuthSubscription]) {
          const { row, problems } = read(value);
          expect(row === undefined).toBe((problems?.length ?? 0) > 0);
        }
        for (const read of [userRow, keyAuthUser]) {
          const { row, problems } = read(value, isHash);
          expect(row === undefined).toBe((problems?.length ?? 0) > 0);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  test('an API token needs the scope of users, a signed-in seller none', () => {
    const seller = { kind: 'seller', sellerId: 's', sessionId: null } as const;
    const withScopes = (...scopes: ('users:read' | 'users:write' | 'licenses:write')[]) => ({
      seller: { ...seller, token: { id: 't', scopes } },
    });
    expect(() =>
      requireUsersScope({ seller: { ...seller, token: null } }, 'users:write'),
    ).not.toThrow();
    expect(() => requireUsersScope(withScopes('users:write'), 'users:read')).not.toThrow();
    const refused = CommonErrors.INSUFFICIENT_SCOPE({
      message: 'This token lacks the scope users:write',
    });
    for (const lacking of [withScopes('licenses:write'), withScopes('users:read')]) {
      expect(() => requireUsersScope(lacking, 'users:write')).toThrow(refused);
    }
  });
});
