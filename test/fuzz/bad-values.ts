import type { Parameter, Schema } from '../security/contract';

/** A bad value as JSON text, for some are not values of this language. */
interface Bad {
  readonly name: string;
  readonly json: string;
}

const MEGABYTE = 'a'.repeat(1 << 20);
const bad = (name: string, value: unknown): Bad => ({ name, json: JSON.stringify(value) });

function badStrings({ minLength = 0, maxLength = 0, format, pattern }: Schema): Bad[] {
  const long =
    format === 'email' ? `${'a'.repeat(60)}@${'b.'.repeat(94)}example` : 'a'.repeat(maxLength + 1);
  return [
    ...[5, true, {}, [], ['text'], { length: 3 }].map((value) =>
      bad(`of type ${JSON.stringify(value)}`, value),
    ),
    ...(minLength > 0 ? [bad('empty', '')] : []),
    bad('one too long', long.padEnd(maxLength + 1, 'a')),
    bad('one too long in wide characters', '\u{1F511}'.repeat(maxLength + 1)),
    bad('a megabyte', MEGABYTE),
    bad('NUL', 'abcdefgh\u0000'),
    bad('control character', 'abcdefgh\u0007'),
    bad('C1 control character', 'abcdefgh\u0085'),
    { name: 'lone high surrogate', json: '"abcdefgh\\ud800"' },
    { name: 'lone low surrogate', json: '"\\udc00abcdefgh"' },
    ...(pattern && !new RegExp(pattern, 'u').test('§ § §')
      ? [bad('against the pattern', '§ § §')]
      : []),
    ...(format === 'email'
      ? ['no-at.example.com', 'a@b', 'a b@example.com', '@example.com'].map((text) =>
          bad(`e-mail ${text}`, text),
        )
      : []),
    ...(format === 'uri'
      ? ['javascript:alert(1)', 'file:///etc/passwd', '//x', 'http://user:pass@example.com/'].map(
          (text) => bad(`address ${text}`, text),
        )
      : []),
    ...(format === 'date-time'
      ? [
          '2026-13-01T00:00:00Z',
          '2026-01-01',
          '1767225600',
          '2026-01-01T00:00:00+02:00',
          '2026-02-30T00:00:00Z',
          '2026-01-01T24:00:00Z',
          '0000-01-01T00:00:00Z',
          'NaN',
        ].map((text) => bad(`instant ${text}`, text))
      : []),
  ];
}

function badIntegers({ minimum, maximum }: Schema): Bad[] {
  return [
    bad('below the range', minimum! - 1),
    bad('above the range', maximum! + 1),
    bad('fraction', minimum! + 0.5),
    ...['5', 'NaN', '', true, [], [5], {}].map((value) =>
      bad(`of type ${JSON.stringify(value)}`, value),
    ),
    { name: '1e999', json: '1e999' },
    { name: '-1e999', json: '-1e999' },
    { name: 'beyond 2^53', json: '9007199254740993' },
    { name: 'minus', json: '-5' },
  ];
}

function badArrays({ maxItems, items }: Schema): Bad[] {
  return [
    ...['text', {}, 5, true].map((value) => bad(`of type ${JSON.stringify(value)}`, value)),
    bad(
      'one too many',
      Array.from({ length: maxItems! + 1 }, () => 'a'),
    ),
    ...badValues(items!).map(({ name, json }) => ({ name: `item ${name}`, json: `[${json}]` })),
  ];
}

/** Objects with a field that is not known, or spoiled. */
function badObjects({ properties = {} }: Schema): Bad[] {
  return [
    ...['text', '', 0, 5, true, [], [{}]].map((value) =>
      bad(`of type ${JSON.stringify(value)}`, value),
    ),
    ...['surprise', 'constructor', 'toString'].map((name) => bad(`with ${name}`, { [name]: 1 })),
    ...Object.entries(properties).flatMap(([name, property]) =>
      badValues(property).map((value) => ({
        name: `${name} ${value.name}`,
        json: `{${JSON.stringify(name)}:${value.json}}`,
      })),
    ),
  ];
}

/** Everything that a field of this schema must not take. */
export function badValues(schema: Schema): Bad[] {
  const values = ((): Bad[] => {
    if (schema.enum)
      return [
        ...badStrings({ minLength: 1, maxLength: 64 }),
        bad('no member', 'NONE'),
        bad(
          'lower case',
          String(schema.enum[0]).toLowerCase() === schema.enum[0]
            ? 'INIT'
            : String(schema.enum[0]).toLowerCase(),
        ),
      ];
    if (schema.type === 'string') return badStrings(schema);
    if (schema.type === 'integer') return badIntegers(schema);
    if (schema.type === 'array') return badArrays(schema);
    if (schema.type === 'object') return badObjects(schema);
    return ['true', 'false', '', 0, 1, [], {}].map((value) =>
      bad(`of type ${JSON.stringify(value)}`, value),
    );
  })();
  return schema.nullable ? values : [...values, bad('null', null)];
}

/** A member of the enumeration in letters of the other case. */
function otherCase([member]: readonly unknown[]): string {
  const text = String(member);
  return text.toLowerCase() === text ? text.toUpperCase() : text.toLowerCase();
}

/** Query strings that spoil one parameter. */
export function badQueries({ name, schema }: Parameter): string[] {
  const encoded = encodeURIComponent(name);
  const texts = schema.enum
    ? ['', 'NONE', otherCase(schema.enum), MEGABYTE.slice(0, 10_000), 'A\u0000']
    : schema.type === 'integer'
      ? [
          '',
          'NaN',
          'abc',
          '-1',
          '1.5',
          '1e1',
          '0x1',
          ' 1',
          'null',
          'true',
          '99999999999999999999',
          `${schema.minimum! - 1}`,
          `${schema.maximum! + 1}`,
        ]
      : [
          '',
          'a'.repeat(schema.maxLength! + 1),
          'a\u0000',
          'a\u0007',
          'a\u0085',
          MEGABYTE.slice(0, 10_000),
        ];
  const good = JSON.stringify(schema.example ?? 1).replaceAll('"', '');
  return [
    ...texts.map((text) => `${encoded}=${encodeURIComponent(text)}`),
    `${encoded}=${good}&${encoded}=${good}`,
  ];
}
