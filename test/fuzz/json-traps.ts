import fc from 'fast-check';

/** What a body full of traps must be answered: refused as no good JSON, or understood like `plain`. */
export interface Trap {
  readonly name: string;
  readonly raw: string | Buffer;
  readonly meaning: 'malformed' | 'invalid' | 'as the plain body';
}

const body = (text: string): Buffer => Buffer.from(text);

/** Texts that JSON.parse refuses, or keys that change what an object is. */
function malformed(good: string): fc.Arbitrary<Trap> {
  const inside = (pair: string) => `${good.slice(0, -1)}${good === '{}' ? '' : ','}${pair}}`;
  const pairs = [
    '"__proto__":{"isAdmin":true}',
    '"__proto__":null',
    '"\\u005f_proto__":{}',
    '"x":{"__proto__":{}}',
    '"x":[[{"__pr\\u006fto__":1}]]',
    '"constructor":{"prototype":{"x":1}}',
    '"x":NaN',
    '"x":Infinity',
    '"x":-Infinity',
    '"x":undefined',
    '"x":01',
    '"x":+1',
    '"x":1.',
    '"x":.5',
    '"x":0x10',
    '"x":1_000',
    '"x":10n',
    '"x":"\u0000"',
    '"x":"\t"',
    '"x":"\\x41"',
    '"x":"\\u12"',
    "'x':1",
    'x:1',
    '"x":1,',
    '"x":1 /* comment */',
    '"x":1 // comment\n',
    '"x"',
    '"x":',
    ':1',
  ].map(inside);
  const wholes = [`${good}${good}`, `${good};`, `\u0000${good}`, `${good}\u0000`, `\u00a0${good}`];
  const text = fc.constantFrom(...pairs, ...wholes).map(body);
  const encodings = fc.constantFrom<Buffer>(
    Buffer.from(good, 'utf16le'),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good, 'utf16le')]),
    Buffer.concat([Buffer.from([0x1f, 0x8b]), body(good)]),
  );
  const bytes = fc
    .tuple(fc.nat(good.length), fc.constantFrom(0x80, 0xc0, 0xc1, 0xed, 0xf5, 0xfe, 0xff))
    .map(([at, byte]) =>
      Buffer.concat([body(good.slice(0, at)), Buffer.from([byte]), body(good.slice(at))]),
    );
  return fc.oneof(text, encodings, bytes).map((raw) => ({
    name: raw.toString('latin1').slice(-40),
    raw,
    meaning: 'malformed' as const,
  }));
}

/** Good JSON that is no body of any route. */
function invalid(good: string): fc.Arbitrary<Trap> {
  const deep = fc
    .tuple(fc.integer({ min: 33, max: 60_000 }), fc.boolean())
    .map(([levels, lists]) =>
      lists
        ? `${good.slice(0, -1)}${good === '{}' ? '' : ','}"x":${'['.repeat(levels)}${']'.repeat(levels)}}`
        : `${'{"a":'.repeat(levels)}${good}${'}'.repeat(levels)}`,
    );
  const roots = fc.constantFrom(
    `[${good}]`,
    '[]',
    '[[]]',
    '"{}"',
    '0',
    '-0',
    '1e999',
    'true',
    '""',
  );
  return fc
    .oneof({ arbitrary: roots, weight: 3 }, { arbitrary: deep, weight: 1 })
    .map((raw) => ({ name: raw.slice(0, 30), raw, meaning: 'invalid' as const }));
}

/** One body written otherwise: of equal keys the last counts; BOM, blanks and escapes change nothing. */
function equal(good: Readonly<Record<string, unknown>>): fc.Arbitrary<Trap> {
  const text = JSON.stringify(good);
  const entries = Object.entries(good);
  const others = fc.constantFrom('null', '5', '"other"', '[]', '{}', '1e999', '"\\ud800"');
  const escaped = (key: string) =>
    [...key].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const doubled = fc
    .tuple(
      fc.subarray(
        entries.map(([key]) => key),
        { minLength: Math.min(1, entries.length) },
      ),
      others,
    )
    .map(([keys, value]) => {
      const first = keys.map((key) => `"${escaped(key)}":${value}`).join(',');
      return `{${first}${first === '' || text === '{}' ? '' : ','}${text.slice(1)}`;
    });
  const spaced = fc
    .constantFrom(' ', '\n', '\r\n', '\t', '  \n\t ')
    .map((blank) => `${blank}${JSON.stringify(good, null, blank === ' ' ? 1 : '\t')}${blank}`);
  const written = `{${entries
    .map(([key, value]) => `"${escaped(key)}":${JSON.stringify(value)}`)
    .join(',')}}`;
  const shuffled = fc
    .shuffledSubarray(entries, { minLength: entries.length })
    .map((pairs) => JSON.stringify(Object.fromEntries(pairs)));
  return fc
    .oneof(doubled, spaced, shuffled, fc.constantFrom(`\ufeff${text}`, written))
    .map((raw) => ({ name: raw.slice(0, 40), raw, meaning: 'as the plain body' as const }));
}

/** Traps around a good body. */
export function traps(good: Readonly<Record<string, unknown>>): fc.Arbitrary<Trap> {
  const text = JSON.stringify(good);
  return fc.oneof(
    { arbitrary: malformed(text), weight: 4 },
    { arbitrary: invalid(text), weight: 2 },
    { arbitrary: equal(good), weight: 2 },
  );
}
