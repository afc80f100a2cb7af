import { csvRecords } from './csv-file';
import { BrokenFile, FileRecord, FileRecords } from './file';
import { jsonRecords, licenseOrUser } from './json-file';

const CHUNK = 65_536;

interface Outcome {
  readonly records: readonly FileRecord[];
  /** Why it could not be read on, and how many bytes of it were taken by then. */
  readonly problem: string | null;
  readonly taken: number;
}

/** Reads a text as an upload brings it: piece by piece, and no further than it is listened to. */
async function reading(
  text: string,
  read: (bytes: AsyncIterable<Uint8Array>) => FileRecords,
): Promise<Outcome> {
  const bytes = Buffer.from(text);
  let taken = 0;
  async function* pieces() {
    while (taken < bytes.length) yield bytes.subarray(taken, (taken += CHUNK));
  }
  const records: FileRecord[] = [];
  try {
    for await (const some of read(pieces())) records.push(...some);
    return { records, problem: null, taken };
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    return { records, problem: error.message, taken };
  }
}

const json = (text: string) =>
  reading(text, (bytes) => jsonRecords(bytes, ['licenses', 'users'], licenseOrUser));

describe('what one record of a file may take', () => {
  const whole = '{"licenses":[{"key":"A","durationSeconds":1},';

  test.each([
    ['lists in one another', '['.repeat(2_000_000), 'a record is nested too deeply'],
    ['objects in one another', '{"a":'.repeat(400_000), 'a record is nested too deeply'],
    [
      'lists beside one another',
      `{"a":[${'[],'.repeat(600_000)}`,
      'a record holds too many values',
    ],
    ['numbers', `{"a":[${'1,'.repeat(1_000_000)}`, 'a record holds too many values'],
    [
      'names',
      `{${Array.from({ length: 200_000 }, (_, n) => `"${n}":0`).join(',')}`,
      'a record holds too many values',
    ],
    ['a long text', `{"key":"${'K'.repeat(3_000_000)}`, 'a record is too large'],
  ])('is bounded: %s', async (what, record, problem) => {
    const outcome = await json(whole + record);
    expect(outcome.problem).toBe(problem);
    expect(outcome.records).toMatchObject([{ list: 'licenses', row: 1, value: { key: 'A' } }]);
    // Given up as soon as it is known, not at the end of it.
    if (what !== 'a long text') expect(outcome.taken).toBeLessThanOrEqual(3 * CHUNK);
  });

  test('is enough for the largest licence, any number of times', async () => {
    const thousand = <T>(of: (n: number) => T) => Array.from({ length: 1_000 }, (_, n) => of(n));
    const boundAt = '2026-01-01T00:00:00.000Z';
    const licence = {
      key: 'K',
      devices: thousand((n) => ({ hwid: `${n}`.padEnd(256, 'H'), boundAt })),
      addresses: thousand((n) => `${n}`.padEnd(253, '.a')),
    };
    const { records, problem } = await json(JSON.stringify([licence, licence, licence]));
    expect(problem).toBeNull();
    expect(records.map(({ row, value }) => [row, JSON.stringify(value)])).toEqual(
      [1, 2, 3].map((row) => [row, JSON.stringify(licence)]),
    );
  });

  test('is bounded in a table: a short line has as many values as the header names', async () => {
    const header = (columns: number) =>
      ['key', ...Array.from({ length: columns - 1 }, (_, n) => `c${n}`)].join(',');
    const lines = '\nA'.repeat(1_000);
    const wide = await reading(header(101) + lines, csvRecords);
    expect(wide).toMatchObject({ records: [], problem: 'the header names too many columns' });
    const { records, problem } = await reading(header(100) + lines, csvRecords);
    expect([records.length, problem]).toEqual([1_000, null]);
  });
});
