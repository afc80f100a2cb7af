import * as fc from 'fast-check';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { AppsService } from '../../src/modules/apps';
import { ExportService } from '../../src/modules/transfer';
import { Findings } from '../../src/modules/transfer/domain/report';
import { FileReader } from '../../src/modules/transfer/file-reader';
import { Turns } from '../../src/modules/transfer/turns';
import { anApp, aSeller, TestApp, unique } from '../factories';
import type { Answer } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { everyKind, exportFile, Format, imported, importFile, PHP_HASH, stored } from './support';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer({ IMPORT_LIMIT_BYTES: '200000', BACKGROUND_JOBS: 'false' });
});
beforeEach(async () => {
  app = await anApp(await aSeller(server.url));
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.close());

/** Sends a file and tells what it stored: nothing, when it was refused. */
async function refusal(format: Format, file: string | Uint8Array): Promise<Answer> {
  const before = await stored(server.database);
  const answer = await importFile(app, format, file);
  expect([answer.status, answer.body.code]).toEqual([400, 'IMPORT_REJECTED']);
  expect(await stored(server.database)).toBe(before);
  return answer;
}

async function errorsOf(format: Format, file: string | object): Promise<string[]> {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  const { report } = (await refusal(format, text)).body;
  expect(report.errorCount).toBeGreaterThan(0);
  return report.errors.map(
    ({ list, row, field, message }: Record<string, string>) =>
      `${list} ${row} ${field}: ${message}`,
  );
}

const license = (key: string, more: object = {}) => ({ key, durationSeconds: 60, ...more });

describe('F-09 all of a file or nothing of it, with a report', () => {
  test('F-09 every bad row is named, with its number, its fields and its reason', async () => {
    const errors = await errorsOf('json', {
      licenses: [
        license('GOOD'),
        license('', { level: -1 }),
        license('A', { durationSeconds: 0, durationType: 'forever' }),
        { key: 'B' },
        license('C', { surprise: 1, hold: 'banned', note: 'x'.repeat(501) }),
        'no record',
        license('D', { activatedAt: '2026-13-01T00:00:00Z', devices: ['x', 'x'] }),
        license('E\ud800', { devices: [{ boundAt: '2026-01-01T00:00:00Z' }] }),
      ],
      users: [
        { username: ' \u200b' },
        { username: 'a', licenseKey: 'GOOD', level: 2 },
        { username: 'b', passwordHash: PHP_HASH.replace('$04$', '$31$') },
        { username: 'c', passwordHash: 'secret', status: 'banned', emailSha1: 'a@b.example' },
        { hwid: 5 },
      ],
    });
    expect(errors.map((error) => error.split(':')[0])).toEqual(
      [
        'licenses 2 level',
        'licenses 2 key',
        'licenses 3 durationType',
        'licenses 3 durationSeconds',
        'licenses 4 durationSeconds',
        'licenses 5 surprise',
        'licenses 5 hold',
        'licenses 5 note',
        'licenses 6 row',
        'licenses 7 activatedAt',
        'licenses 7 devices',
        'licenses 8 key',
        'licenses 8 devices',
        'users 1 username',
        'users 2 level',
        'users 3 passwordHash',
        'users 4 passwordHash',
        'users 4 status',
        'users 4 emailSha1',
        'users 5 username',
        'users 5 hwid',
      ].sort((a, b) => order(errors, a) - order(errors, b)),
    );
  });

  /** Within a row the order of fields is no promise. */
  function order(errors: string[], prefix: string): number {
    const at = errors.findIndex((error) => error.startsWith(`${prefix}:`));
    return at === -1 ? Infinity : at;
  }

  test('F-09 CSV rows are counted without the header, whatever lines they take', async () => {
    const csv = 'key,durationSeconds,note\nA,60,"two\nlines"\nB,x,\n\nC,,ok\nD,60,a,b\n';
    expect(await errorsOf('csv', csv)).toEqual([
      'licenses 2 durationSeconds: must be a number, 0 or more',
      'licenses 4 row: is no record of this list',
    ]);
    expect(await errorsOf('csv', 'name,level\nA,1\n')).toEqual([
      expect.stringContaining('file 0 file: the header row must name the column key'),
    ]);
  });

  test('F-09 what stands twice in a file, and what exists otherwise, is named', async () => {
    const { licenses, users } = everyKind(Date.now());
    await importFile(app, 'json', JSON.stringify({ licenses, users }));
    expect(
      await errorsOf('json', {
        licenses: [
          license('NEW'),
          license(' new'),
          license('note-0', { durationSeconds: 61, note: 'n' }),
        ],
      }),
    ).toEqual([
      'licenses 2 key: stands in row 1 already',
      'licenses 3 key: exists already, with another durationSeconds, note',
    ]);
    const activatedAt = '2026-01-01T00:00:00Z';
    expect(
      await errorsOf('json', {
        licenses: [license('FRESH'), license('TAKEN', { activatedAt })],
        users: [
          { username: 'X', licenseKey: 'USER-0' },
          { username: 'Y', licenseKey: 'FRESH' },
          { username: 'Z', licenseKey: 'MISSING' },
          { username: 'v', licenseKey: 'taken' },
          { username: 'W', licenseKey: 'TAKEN' },
          { username: 'V', licenseKey: null },
          { username: 'ANN', licenseKey: 'USER-1' },
        ],
      }),
    ).toEqual([
      'users 1 licenseKey: belongs to another user',
      "users 2 licenseKey: is a licence without activatedAt: a user's is in use",
      'users 3 licenseKey: is no licence of the application, nor of the file',
      'users 5 licenseKey: belongs to the user of row 4 already',
      'users 6 username: stands in row 4 already',
      'users 7 licenseKey: belongs to another user',
    ]);
    expect(await errorsOf('json', { users: [{ username: 'issued', level: 8 }] })).toEqual([
      'users 1 username: exists already, with another level',
    ]);
  });

  test.each([
    ['json', '{"licenses":[{"key":"A","durationSeconds":1},{"key":"B","dur', 1],
    ['json', '[{"key":"A","durationSeconds":1},{"key":"B","durationSeconds":1}', 2],
    ['json', '{"licenses":[{"key":"A","durationSeconds":1}],"users":{}}', 1],
    ['json', '{"keys":[]}', 0],
    ['json', '[{"key":"A","durationSeconds":1},{"note":[[[[[[[[', 1],
    ['json', '"text"', 0],
    ['json', '', 0],
    ['csv', 'key,durationSeconds\nA,1\nB,"1', 1],
    ['csv', 'key,durationSeconds\nA,1\nB,"1"x\nC,1', 1],
    ['csv', 'key,key\nA,1\n', 0],
    ['keyauth-keys', '[{"key":"A","level":"1","expiry":"1"},', 1],
    ['keyauth-users', '{"users":[{"username":"a"}],"licenses":[]}', 1],
  ] as const)('F-09 a broken %s file: %s', async (format, file, row) => {
    const errors = await errorsOf(format, file);
    expect(errors.at(-1)).toMatch(new RegExp(`^file ${row} file: `));
  });

  test('F-09 a file that is not UTF-8 is refused, one with a byte order mark is read', async () => {
    const latin = Buffer.from('key,durationSeconds,note\nA,1,Gr\u00fc\u00dfe\n', 'latin1');
    const { report } = (await refusal('csv', latin)).body;
    expect(report.errors[0].message).toBe('the file is not UTF-8 text');
    const marked = '\ufeffkey,durationSeconds,note\nA,1,Gr\u00fc\u00dfe\n';
    expect((await importFile(app, 'csv', marked)).body.data).toEqual(imported({ created: 1 }));
  });

  test('F-09 a thousand errors are listed, all are counted', async () => {
    const file = JSON.stringify(Array.from({ length: 3_000 }, () => ({ key: '' })));
    const { report } = (await refusal('json', file)).body;
    expect([report.errorCount, report.errors.length]).toEqual([3_000, 1_000]);
  });

  test('F-09 a record, or a file, that is too large is refused', async () => {
    const key = 'K'.repeat(150_000);
    expect((await refusal('json', `[{"key":"${key}"}]`)).body.report.errorCount).toBe(1);
    const huge = JSON.stringify(Array.from({ length: 4_000 }, (_, n) => license(`LONG-KEY-${n}`)));
    expect(huge.length).toBeGreaterThan(200_000 / 2);
    const before = await stored(server.database);
    for (const raw of [huge + ' '.repeat(100_000), ' '.repeat(300_000)]) {
      const answer = await importFile(app, 'json', raw);
      expect([answer.status, answer.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    }
    expect(await stored(server.database)).toBe(before);
  });

  test('F-09 a dry run answers the same report and stores nothing', async () => {
    const file = JSON.stringify(everyKind(Date.now()));
    const before = await stored(server.database);
    const dry = await importFile(app, 'json', file, true);
    expect(dry.body.data).toEqual({ ...imported({ created: 28 }, { created: 9 }), dryRun: true });
    const bad = await importFile(app, 'json', '[{"key":"A"}]', true);
    expect([bad.status, bad.body.data.errorCount]).toEqual([200, 1]);
    expect(await stored(server.database)).toBe(before);
    const real = await importFile(app, 'json', file);
    expect(real.body.data).toEqual({ ...dry.body.data, dryRun: false });
  });
});

describe('an import and the plan of its seller', () => {
  const licenses = (count: number) =>
    JSON.stringify(Array.from({ length: count }, () => license(unique('PLAN-'))));
  const limit = (keys: number | null) =>
    server.database.pool.query("UPDATE plan_limits SET keys = $1 WHERE plan = 'FREE'", [keys]);
  afterEach(() => limit(10_000));

  test('beyond the limit nothing is imported, and a dry run says so as well', async () => {
    await limit(5);
    for (const dryRun of [true, false]) {
      const answer = await importFile(app, 'json', licenses(6), dryRun);
      expect([answer.status, answer.body.code]).toEqual([403, 'PLAN_LIMIT_REACHED']);
    }
    const issued = JSON.stringify({
      users: Array.from({ length: 6 }, (_, n) => ({ username: `u${n}` })),
    });
    expect((await importFile(app, 'json', issued)).body.code).toBe('PLAN_LIMIT_REACHED');
    expect((await importFile(app, 'json', licenses(5))).body.data).toEqual(
      imported({ created: 5 }),
    );
    expect((await importFile(app, 'json', licenses(1))).body.code).toBe('PLAN_LIMIT_REACHED');
  });

  test('over the limit, after a change to a smaller plan, what adds nothing of a kind is imported', async () => {
    const known = licenses(5);
    await importFile(app, 'json', known);
    await limit(3);
    for (const dryRun of [true, false]) {
      const again = await importFile(app, 'json', known, dryRun);
      expect(again.body.data).toEqual({ ...imported({ unchanged: 5 }), dryRun });
    }
    const keyless = JSON.stringify({ users: [{ username: 'nobody', licenseKey: null }] });
    const answer = await importFile(app, 'json', keyless);
    expect(answer.body.data).toEqual(imported({}, { created: 1 }));
    expect((await importFile(app, 'json', licenses(1))).body.code).toBe('PLAN_LIMIT_REACHED');
  });

  test('of two imports at the same moment that have room for one, one is made', async () => {
    await limit(10);
    // As two processes would, of which each has a turn for the seller.
    jest.spyOn(Turns.prototype, 'take').mockReturnValue(() => undefined);
    const other = await anApp(app.seller);
    const answers = await Promise.all(
      [app, other].map((to) => importFile(to, 'json', licenses(6))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });
});

describe('a seller who takes long', () => {
  const file = () => JSON.stringify([license(unique('TURN-'))]);

  /** Holds the next import up where it reads its file, as a slow upload would. */
  function holdNext(): { begun: Promise<void>; end: () => void } {
    const { stage } = FileReader.prototype;
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const begun = new Promise<void>((resolve) => {
      jest.spyOn(FileReader.prototype, 'stage').mockImplementationOnce(async function (
        this: FileReader,
        ...args
      ) {
        resolve();
        await ended;
        return stage.apply(this, args);
      });
    });
    return { begun, end };
  }

  /** What comes of a second import of theirs, into another application, and of somebody else's. */
  async function amid(): Promise<{ own: Answer; other: Answer }> {
    const [sibling, stranger] = [await anApp(app.seller), await anApp(await aSeller(server.url))];
    const held = holdNext();
    const first = importFile(app, 'json', file());
    await held.begun;
    const own = await importFile(sibling, 'json', file());
    const other = await importFile(stranger, 'json', file());
    held.end();
    expect((await first).status).toBe(200);
    return { own, other };
  }

  test('has one import at a time, and keeps nobody from theirs', async () => {
    const { own, other } = await amid();
    expect([own.status, own.body.code, own.headers.get('retry-after')]).toEqual([
      429,
      'IMPORTS_BUSY',
      '10',
    ]);
    expect(own.body.message).toBe('Another import of yours is under way, please retry');
    expect(other.status).toBe(200);
    expect((await importFile(app, 'json', file())).status).toBe(200);
  });

  test('twin: without turns, the second import of a seller is read beside the first', async () => {
    jest.spyOn(Turns.prototype, 'take').mockReturnValue(() => undefined);
    expect((await amid()).own.status).toBe(200);
  });

  /** An export of the application's licences that nobody reads yet. */
  async function exported(): Promise<Readable> {
    const apps = server.app.get(AppsService, { strict: false });
    const sellerId = await apps.sellerOf(app.id);
    const caller = {
      ...{ requestId: 'test', ip: null, userAgent: null },
      seller: { kind: 'seller', sellerId, sessionId: null, token: null },
    } as const;
    const owned = await apps.requireOwned(caller, app.id);
    const exports = server.app.get(ExportService, { strict: false });
    return exports.write(owned, 'licenses', 'json', caller);
  }

  test('has one export at a time, until it is read or given up', async () => {
    const path = app.path('/export?what=users');
    const unread = await exported();
    const busy = await app.seller.get(path);
    expect([busy.status, busy.body.code, busy.headers.get('retry-after')]).toEqual([
      429,
      'EXPORTS_BUSY',
      '10',
    ]);
    const stranger = await anApp(await aSeller(server.url));
    expect((await stranger.seller.get(stranger.path('/export?what=users'))).status).toBe(200);
    const gone = once(unread, 'close');
    unread.destroy();
    await gone;
    for (const time of [1, 2])
      expect([time, (await app.seller.get(path)).status]).toEqual([time, 200]);
  });

  test('loses an export of which they take nothing for a minute', async () => {
    for (let hundreds = 0; hundreds < 3; hundreds++) await app.licenses({ count: 100 });
    const later = setTimeout;
    jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation((run: () => void, ms?: number) => later(run, ms === 60_000 ? 0 : ms));
    const unread = await exported();
    const gone = once(unread, 'close');
    unread.read(0);
    await gone;
    jest.restoreAllMocks();
    expect(unread.readableEnded).toBe(false);
    expect(JSON.parse(await exportFile(app, 'licenses'))).toMatchObject({
      licenses: { length: 300 },
    });
  });
});

/** Spoils a text: cuts, repeats, swaps or replaces parts of it. */
const spoiling = fc.array(
  fc.record({
    kind: fc.constantFrom('cut', 'repeat', 'replace', 'end', 'byte'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 40 }),
    text: fc.oneof(
      fc.constantFrom(
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '\n',
        'null',
        '-1',
        '1e99',
        '\\ud800',
        '\u0000',
        '__proto__',
        "'=",
        '𝕏',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    byte: fc.integer({ min: 0, max: 255 }),
  }),
  { maxLength: 4 },
);

function spoiled(
  text: string,
  spoils: readonly (typeof spoiling extends fc.Arbitrary<infer S> ? S : never)[number][],
): Uint8Array {
  let bytes = Buffer.from(text);
  for (const { kind, at, length, text: inserted, byte } of spoils) {
    const start = Math.floor(at * bytes.length);
    const [head, middle, tail] = [
      bytes.subarray(0, start),
      bytes.subarray(start, start + length),
      bytes.subarray(start + length),
    ];
    const between = {
      cut: [],
      repeat: [middle, middle],
      replace: [Buffer.from(inserted)],
      end: [],
      byte: [Buffer.from([byte])],
    }[kind];
    bytes = Buffer.concat([head, ...between, ...(kind === 'end' ? [] : [tail])]);
  }
  return bytes;
}

describe('F-09 files that were spoiled', () => {
  const RUNS = Number(process.env['F09_RUNS'] ?? '500');
  const FORMATS: readonly Format[] = ['json', 'csv', 'keyauth-keys', 'keyauth-users'];

  /** A good file of ten rows that no other run has. */
  function good(format: Format): string {
    const id = unique('F');
    const rows = Array.from({ length: 10 }, (_, n) => `${id}-${n}`);
    if (format === 'csv')
      return `key,durationSeconds,level,note\n${rows.map((key) => `${key},60,1,"n, ${key}"`).join('\n')}\n`;
    if (format === 'keyauth-keys')
      return JSON.stringify(rows.map((key) => ({ key, level: '1', expiry: '30' })));
    if (format === 'json') {
      const activatedAt = '2026-01-01T00:00:00.000Z';
      const licenses = rows.map((key) => license(key, { activatedAt, devices: ['PC'] }));
      return JSON.stringify({
        licenses,
        users: rows.map((key) => ({ username: key, licenseKey: key })),
      });
    }
    const users = rows.map((username) => ({
      username,
      email: null,
      password: PHP_HASH,
      hwid: 'H',
      banned: null,
      ip: '::1',
    }));
    const subscription = rows.map((user) => ({
      user,
      subscription: 'default',
      expiry: '1999999999',
    }));
    return JSON.stringify({ users, subscription });
  }

  const counts = () =>
    server.database.rows(
      `SELECT (SELECT count(*)::int FROM licenses) AS licenses, (SELECT count(*)::int FROM app_users) AS users,
              (SELECT count(*)::int FROM import_rows) AS staged`,
    );

  /** What one spoiled file broke; nothing, when it was imported whole or refused whole. */
  async function broken(format: Format, file: Uint8Array): Promise<string | null> {
    const [before] = await counts();
    const { status, body } = await importFile(app, format, file);
    const [after] = await counts();
    if (after!['staged'] !== 0) return 'rows stayed behind';
    if (status === 200) {
      const { licenses, errorCount } = body.data;
      const more = (after!['licenses'] as number) - (before!['licenses'] as number);
      return errorCount === 0 && more >= licenses.created ? null : `200 ${JSON.stringify(body)}`;
    }
    if (status !== 400 || body.code !== 'IMPORT_REJECTED') return `${status} ${body.code}`;
    if (JSON.stringify(before) !== JSON.stringify(after)) return 'refused, and stored something';
    const { errors, errorCount } = body.report;
    const named = errors.every(
      ({ list, row, field, message }: Record<string, unknown>) =>
        list &&
        Number.isInteger(row) &&
        (row as number) >= (list === 'file' ? 0 : 1) &&
        field &&
        message,
    );
    return named && errorCount > 0 && errors.length > 0 ? null : JSON.stringify(body);
  }

  test(`F-09 ${RUNS} spoiled files are imported whole or refused whole, never a crash`, async () => {
    const outcomes = { imported: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FORMATS), spoiling, async (format, spoils) => {
        const file = spoiled(good(format), spoils);
        const [before] = await counts();
        expect(await broken(format, file)).toBeNull();
        const [after] = await counts();
        outcomes[JSON.stringify(before) === JSON.stringify(after) ? 'refused' : 'imported']++;
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(outcomes.imported).toBeGreaterThan(RUNS / 50);
    expect(outcomes.refused).toBeGreaterThan(RUNS / 5);
  }, 300_000);

  test('F-09 twin: where bad rows do not stop the rest, half a file is stored', async () => {
    jest.spyOn(Findings.prototype, 'badRows', 'get').mockReturnValue(0);
    const file = good('json')
      .replace('"durationSeconds":60', '"durationSeconds":-1')
      .replace(/"users".*/, '"users":[]}');
    const [before] = await counts();
    await importFile(app, 'json', file);
    const [after] = await counts();
    expect((after!['licenses'] as number) - (before!['licenses'] as number)).toBe(9);
  });

  test('F-09 the sample of each format is good as it is, twice', async () => {
    for (const format of FORMATS) {
      const file = good(format);
      const first = (await importFile(app, format, file)).body.data;
      const second = (await importFile(app, format, file)).body.data;
      expect(second).toEqual(
        imported({ unchanged: first.licenses.created }, { unchanged: first.users.created }),
      );
      expect(first.licenses.created + first.users.created).toBeGreaterThanOrEqual(10);
    }
    expect(await exportFile(app, 'licenses')).toContain('"key"');
  });
});
