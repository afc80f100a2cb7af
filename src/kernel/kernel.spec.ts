import {
  addSeconds,
  DURATION_TYPES,
  durationSeconds,
  durationTypeOf,
  formProblem,
  LAST_INSTANT,
  maskKey,
  nameKey,
  parsePublicId,
  parseUuid,
  plainForm,
  publicId,
} from '.';
import { defineErrors, DomainError } from './errors';

const uuid = '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c';

describe('names that are the same', () => {
  test.each([
    ['letter case', 'John', 'jOHN'],
    ['composition', 'Zoe\u0308', 'Zoë'],
    ['full width', 'Ｊｏｈｎ', 'john'],
    ['zero-width characters', 'jo\u200bhn\u2060', 'john'],
    ['direction marks', '\u202ejohn', 'john'],
    ['variation selectors', 'john\ufe0f', 'john'],
    ['grapheme joiners', 'john\u034f', 'john'],
    ['variation selectors of the supplement', 'jo\u{E0101}hn', 'john'],
    ['surrounding spaces', ' john ', 'john'],
    ['ligatures', 'oﬃce', 'office'],
  ])('%s', (_, one, other) => {
    expect(nameKey(one)).toBe(nameKey(other));
  });

  test('names that differ in a visible letter stay different', () => {
    expect(nameKey('john')).not.toBe(nameKey('jøhn'));
    expect(nameKey('zoe')).not.toBe(nameKey('zoë'));
  });

  test('the compared form is stable', () => {
    for (const name of ['İstanbul', 'ß', 'Ǆ', 'ﬃ', 'a\u200b\u0308', ' \u034f x']) {
      expect(nameKey(nameKey(name))).toBe(nameKey(name));
    }
  });

  test('letter case stays where it tells things apart', () => {
    expect(plainForm('ＡＢ\u200bc ')).toBe('ABc');
  });

  test('a form of nothing, or longer than its spelling was allowed to be, is no good', () => {
    expect(formProblem(nameKey('\u034f\u2800'), 64)).toMatch('visible');
    expect(formProblem(nameKey('\ufdfa'.repeat(4)), 64)).toMatch('at most 64');
    expect(formProblem(nameKey('\ufdfa'.repeat(3)), 64)).toBeNull();
  });
});

describe('keys for people who may not use them', () => {
  it.each([
    ['VIP-ABCD-EFGH-X4TB', '***-****-****-X4TB'],
    ['ABCDEFGHIJKL', '********IJKL'],
    ['ABCDEFGHIJK', '***********'],
    ['', ''],
    // No half of a character is left over, which no database takes.
    ['\u{1d455}'.repeat(13), `*********${'\u{1d455}'.repeat(4)}`],
    ['\u{1d455}-\u{1d456}\u{1d457}', '*-**'],
    // However a key is grouped, its last characters are shown, never the key.
    ['TKI-7KQ2M9WDX4TBHJ3', '***-***********BHJ3'],
    ['TKI-7KQ2M-9WDX4-TBHJ3', '***-*****-*****-TBHJ3'],
    ['TKI-ABCDEFGH', '***-********'],
    ['VIP-ABCD-EFGH', '***-****-****'],
    ['ABCDEFGHIJKL-', '************-'],
  ])('%j is shown as %j', (key, shown) => {
    expect(maskKey(key)).toBe(shown);
    expect(maskKey(key).isWellFormed()).toBe(true);
  });
});

describe('public ids', () => {
  test('go out and come back', () => {
    expect(publicId('lic', uuid)).toBe('lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c');
    expect(parsePublicId('lic', publicId('lic', uuid))).toBe(uuid);
  });

  test.each([
    '',
    'lic_',
    uuid,
    publicId('usr', uuid),
    `${publicId('lic', uuid)}0`,
    'lic_0199F0C8A9E87D3F9B1C2D3E4F5A6B7C',
  ])('%j names no licence', (text) => {
    expect(parsePublicId('lic', text)).toBeNull();
  });

  test('a UUID is accepted in any case and kept in lower case', () => {
    expect(parseUuid(uuid.toUpperCase())).toBe(uuid);
    expect(parseUuid(`{${uuid}}`)).toBeNull();
  });
});

describe('durations', () => {
  test('each name stands for its seconds and back', () => {
    expect(DURATION_TYPES.map(durationSeconds)).toEqual([
      3_600,
      86_400,
      604_800,
      2_592_000,
      7_776_000,
      31_536_000,
      null,
    ]);
    for (const type of DURATION_TYPES) expect(durationTypeOf(durationSeconds(type))).toBe(type);
    expect(durationTypeOf(123)).toBe('custom');
  });

  test('for ever stays for ever', () => {
    expect(addSeconds(new Date(), null)).toBeNull();
  });

  test('nothing ends after the last instant that four digits of year can write', () => {
    expect(addSeconds(new Date('9999-12-31T00:00:00Z'), 86_399)?.toISOString()).toBe(
      '9999-12-31T23:59:59.000Z',
    );
    expect(addSeconds(new Date('9999-12-31T00:00:00Z'), 86_400)).toEqual(LAST_INSTANT);
  });
});

describe('the error catalogue', () => {
  test('refuses a code that exists', () => {
    const definition = { class: 'invalid', message: '', log: 'info', help: '' } as const;
    expect(() => defineErrors('again', { INVALID_INPUT: definition })).toThrow('declared twice');
  });

  test('makes errors that know their class and keep their cause', () => {
    const { KERNEL_SPEC } = defineErrors('spec', {
      KERNEL_SPEC: { class: 'conflict', message: 'Taken', log: 'info', help: 'A test.' },
    });
    const cause = new Error('inner');
    const error = KERNEL_SPEC({ cause });
    expect(error).toBeInstanceOf(DomainError);
    expect([error.code, error.class, error.message, error.cause]).toEqual([
      'KERNEL_SPEC',
      'conflict',
      'Taken',
      cause,
    ]);
  });
});
