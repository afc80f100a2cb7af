import fc from 'fast-check';
import type { BodyCase, Contract, Schema } from '../security/contract';
import { Arbitraries } from './arbitraries';

/** A body that must be refused: what is wrong, the field to be named, and the bytes. */
export interface SpoiledBody {
  readonly flaw: string;
  /** Empty where the refusal may name nothing, because there is no JSON to name a field of. */
  readonly field: string;
  readonly raw: string | Buffer;
}

/** One wrong value as JSON text; undefined leaves the field out. */
interface Wrong {
  readonly flaw: string;
  readonly json: string | undefined;
}

const MEGABYTE = JSON.stringify('a'.repeat(1 << 20));
const wrong = (flaw: string, json: string | undefined): Wrong => ({ flaw, json });

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Any JSON but keys that are refused before fields are looked at (F-07). */
const anyJson = (maxDepth: number) =>
  fc
    .jsonValue({ maxDepth })
    .filter((value) => !/__proto__|"constructor"/.test(JSON.stringify(value)));

/** Any JSON of another type than the schema's. */
function wrongType({ type = 'object' }: Schema): fc.Arbitrary<Wrong> {
  return anyJson(2)
    .filter((value) => value !== null && typeOf(value) !== type && typeof value !== type)
    .map((value) => wrong(`of type ${typeOf(value)}`, JSON.stringify(value)));
}

function nested(): fc.Arbitrary<Wrong> {
  return fc
    .tuple(fc.constantFrom(10, 33, 100, 3_000, 20_000), fc.boolean())
    .map(([levels, lists]) => {
      const json = lists
        ? '['.repeat(levels) + ']'.repeat(levels)
        : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
      return wrong(`nested on ${levels} levels`, json);
    });
}

const quoted = (text: string) => JSON.stringify(text);

function wrongStrings({ minLength = 0, maxLength = 256, format, enum: values }: Schema) {
  const spoil = fc.constantFrom(
    ['NUL', '\\u0000'],
    ['control character', '\\u0007'],
    ['C1 control character', '\\u009f'],
    ['lone high surrogate', '\\ud800'],
    ['lone low surrogate', '\\udfff'],
  );
  const at = fc.nat({ max: 7 });
  const encoded = fc.tuple(spoil, at).map(([[flaw, escape], place]) => {
    return wrong(flaw, `"${'abcdefgh'.slice(0, place)}${escape}${'abcdefgh'.slice(place)}"`);
  });
  const beyond = fc
    .tuple(fc.constantFrom('a', '漢', '🔑', '.'), fc.integer({ min: 1, max: 2_000 }))
    .map(([char, more]) => wrong('too long', quoted(char.repeat(maxLength + more))));
  const long = fc.oneof(
    { arbitrary: beyond, weight: 15 },
    { arbitrary: fc.constant(wrong('a megabyte', MEGABYTE)), weight: 1 },
  );
  const empty = minLength > 0 ? [fc.constant(wrong('empty', '""'))] : [];
  const free = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' });
  const formats = format && format !== 'password' ? [free] : [];
  const foreign = values ? [free.filter((text) => !values.includes(text))] : [];
  return [
    encoded,
    long,
    ...empty,
    ...[...formats, ...foreign].map((texts) =>
      texts
        .filter((text) => format !== 'email' || !text.includes('@'))
        .map((text) => wrong(values ? 'no member' : `no ${format}`, quoted(text))),
    ),
  ];
}

function wrongIntegers({ minimum = 0, maximum = 0 }: Schema) {
  const beyond = fc.oneof(
    fc.integer({ min: maximum + 1, max: 2 ** 52 }),
    fc.integer({ min: -(2 ** 52), max: minimum - 1 }),
  );
  const texts = ['1e999', '-1e999', '9007199254740993', `${'9'.repeat(400)}`, '1.5', '0.1e-5'];
  return [
    beyond.map((value) => wrong('out of range', String(value))),
    fc.constantFrom(...texts).map((text) => wrong(`number ${text.slice(0, 20)}`, text)),
    fc.integer({ min: minimum, max: maximum }).map((n) => wrong('number in quotes', `"${n}"`)),
  ];
}

function wrongArrays({ maxItems = 10 }: Schema) {
  const many = Array.from({ length: maxItems + 1 }, () => 'a');
  const items = fc.constantFrom('[null]', '[5.5]', '[{}]', '[[]]', '["a\\u0000"]', '["\\ud800"]');
  return [
    fc.constant(wrong('one too many', JSON.stringify(many))),
    items.map((json) => wrong(`item of ${json}`, json)),
  ];
}

/** Wrong values for one field. */
function wrongFor(schema: Schema, isRequired: boolean): fc.Arbitrary<Wrong> {
  const byType = (() => {
    if (schema.type === 'string') return wrongStrings(schema);
    if (schema.type === 'integer') return wrongIntegers(schema);
    if (schema.type === 'array') return wrongArrays(schema);
    return [];
  })();
  const common = [
    { arbitrary: wrongType(schema), weight: 3 },
    ...byType.map((arbitrary) => ({ arbitrary, weight: 3 })),
    ...(schema.nullable ? [] : [{ arbitrary: fc.constant(wrong('null', 'null')), weight: 1 }]),
    ...(isRequired ? [{ arbitrary: fc.constant(wrong('missing', undefined)), weight: 1 }] : []),
  ];
  return fc.oneof(...common);
}

/** Bodies of one kind with one field spoiled each; the other fields are any that are allowed. */
export function spoiledBodies(
  contract: Contract,
  { schema, type, route }: BodyCase,
  fixed: Readonly<Record<string, unknown>>,
): fc.Arbitrary<SpoiledBody> {
  const rest = new Arbitraries(contract).object(schema);
  const fields = Object.entries(schema.properties ?? {}).map(([field, property]) => {
    const resolved = contract.resolve(property);
    const values = wrongFor(resolved, schema.required?.includes(field) ?? false);
    return fc.tuple(fc.constant(field), values);
  });
  // The unknown field is refused where none is dropped.
  const unknown = fc
    .tuple(fc.stringMatching(/^[A-Za-z][A-Za-z_.$-]{0,40}Surprise$/), anyJson(1))
    .map(([name, value]) => [name, wrong('unknown', JSON.stringify(value))] as const);
  const spoiled = fc.oneof(...fields, ...(type || route.lenient ? [] : [unknown]));
  const single = fc.tuple(rest, spoiled).map(([good, [field, { flaw, json }]]): SpoiledBody => {
    const others = { ...good, ...fixed };
    delete (others as Record<string, unknown>)[field];
    return { flaw, field, raw: withField(JSON.stringify(others), field, json) };
  });
  const whole = rest.chain((good) => wholes(JSON.stringify({ ...good, ...fixed })));
  return fc.oneof({ arbitrary: single, weight: 20 }, { arbitrary: whole, weight: 3 });
}

function withField(object: string, field: string, json: string | undefined): string {
  if (json === undefined) return object;
  return `${object.slice(0, -1)}${object === '{}' ? '' : ','}${JSON.stringify(field)}:${json}}`;
}

/** What is wrong with a body as a whole. */
function wholes(good: string): fc.Arbitrary<SpoiledBody> {
  const roots = fc
    .constantFrom(`[${good}]`, '"text"', '5', 'true', `[[${good}]]`)
    .map((raw) => ({ flaw: `root ${raw.slice(0, 5)}`, field: '', raw }));
  const cut = fc
    .nat({ max: Math.max(good.length - 1, 1) })
    .filter((at) => at > 0)
    .map((at) => ({ flaw: 'cut short', field: '', raw: good.slice(0, at) || '{' }));
  const bytes = fc
    .constantFrom([0xff], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80])
    .map((bad) => ({
      flaw: 'not UTF-8',
      field: '',
      raw: Buffer.concat([
        Buffer.from(good.slice(0, -1)),
        Buffer.from(`${good === '{}' ? '' : ','}"x":"`),
        Buffer.from(bad),
        Buffer.from('"}'),
      ]),
    }));
  const deep = nested()
    .filter(({ flaw }) => !flaw.includes(' 10 '))
    .map(({ flaw, json }) => ({ flaw, field: '', raw: withField(good, 'deep', json) }));
  const huge = fc.constant({
    flaw: 'three megabytes',
    field: '',
    raw: withField(good, 'huge', `[${MEGABYTE},${MEGABYTE},${MEGABYTE}]`),
  });
  return fc.oneof(
    { arbitrary: roots, weight: 5 },
    { arbitrary: cut, weight: 5 },
    { arbitrary: bytes, weight: 5 },
    { arbitrary: deep, weight: 4 },
    { arbitrary: huge, weight: 1 },
  );
}
