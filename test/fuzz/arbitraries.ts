import fc from 'fast-check';
import { formatCursor } from '../../src/kernel';
import type { Contract, Parameter, Schema } from '../security/contract';

type Listed = Schema & { readonly uniqueItems?: boolean };

// eslint-disable-next-line no-control-regex -- control characters are what no field takes
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
/** A name must hold something visible; a text that begins so is good for every field. */
const VISIBLE = fc.constantFrom('a', 'Z', '0', 'é', '漢', 'י', 'ع', '🔑', 'ß');
/** Any code point but surrogates and controls. */
const ANY = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).map((text) => {
  return text.replace(CONTROL, '·');
});
/** What computers have stumbled over before. */
const NAUGHTY = fc.constantFrom(
  ...["' OR 1=1 --", '%_\\', '../../etc/passwd', '<script>alert(1)</script>', '${7*7}', '=1+1'],
  ...['null', 'undefined', 'NaN', 'constructor', '__proto__', 'a\u202Etxt', 'e\u0301', 'İıſK'],
  ...['\u200b\u200dx', '\ufeffx', '\ufffdx', '\u{10ffff}x', 'x'.repeat(64), 'ﷺ', '☃', '{{x}}'],
);

const lengthOf = (text: string) => [...text].length;

/** Text of so many code points: mostly short, sometimes exactly as long as allowed. */
function text(min: number, max: number): fc.Arbitrary<string> {
  const free = fc
    .tuple(VISIBLE, fc.array(ANY, { minLength: Math.max(min - 1, 0), maxLength: max - 1 }))
    .map(([first, rest]) => first + rest.join(''));
  const edges = fc
    .tuple(VISIBLE, fc.constantFrom(Math.max(min, 1), max))
    .map(([char, length]) => char.repeat(length));
  const naughty = NAUGHTY.filter((value) => lengthOf(value) >= min && lengthOf(value) <= max);
  const fits = max >= 64 && min <= 3;
  const all = [
    { arbitrary: free, weight: 6 },
    { arbitrary: edges, weight: 1 },
    ...(fits ? [{ arbitrary: naughty, weight: 2 }] : []),
    ...(min === 0 ? [{ arbitrary: fc.constant(''), weight: 1 }] : []),
  ];
  return fc.oneof(...all);
}

const instant = fc
  .date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

const BY_FORMAT: Readonly<Record<string, (schema: Schema) => fc.Arbitrary<string>>> = {
  'date-time': () => instant,
  uuid: () => fc.uuid(),
  email: ({ maxLength = 254 }) => fc.emailAddress().filter(({ length }) => length <= maxLength),
  uri: ({ maxLength = 2_048 }) =>
    fc
      .webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true })
      .filter(({ length }) => length <= maxLength),
};

/** Any text a string schema allows. */
function string(schema: Schema): fc.Arbitrary<string> {
  const { format = '', pattern, minLength = 0, maxLength = 256 } = schema;
  const byFormat = BY_FORMAT[format]?.(schema);
  const inLimits = (value: string) => value.length >= minLength && value.length <= maxLength;
  if (byFormat) {
    const wanted = pattern === undefined ? /^/ : new RegExp(pattern);
    return byFormat.filter((value) => wanted.test(value));
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(inLimits);
  return text(minLength, maxLength);
}

/** Values that the schemas of the document allow, whatever routes it has. */
export class Arbitraries {
  constructor(private readonly contract: Contract) {}

  /** @throws for a kind of schema that has no generator yet */
  value(given: Schema): fc.Arbitrary<unknown> {
    const schema = this.contract.resolve(given);
    const value = this.present(schema);
    return schema.nullable ? fc.option(value, { freq: 5 }) : value;
  }

  private present(schema: Listed): fc.Arbitrary<unknown> {
    const { type, minimum = 0, maximum = 1_000, items, minItems = 0, maxItems = 10 } = schema;
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.oneOf) return fc.oneof(...schema.oneOf.map((one) => this.value(one)));
    if (type === 'string') return string(schema);
    if (type === 'integer') return fc.integer({ min: minimum, max: maximum });
    if (type === 'number') return fc.double({ min: minimum, max: maximum, noNaN: true });
    if (type === 'boolean') return fc.boolean();
    if (type === 'array' && items) {
      const limits = { minLength: minItems, maxLength: maxItems };
      const item = this.value(items);
      return schema.uniqueItems ? fc.uniqueArray(item, limits) : fc.array(item, limits);
    }
    if (schema.properties) return this.object(schema);
    const { additionalProperties } = schema;
    if (typeof additionalProperties === 'object') {
      const key = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 16 });
      return fc.dictionary(key, this.value(additionalProperties), { maxKeys: 5 });
    }
    throw new Error(`test/fuzz/arbitraries.ts draws no ${JSON.stringify(schema).slice(0, 200)}`);
  }

  /** The required fields, and any of the others. */
  object(schema: Schema): fc.Arbitrary<Record<string, unknown>> {
    const fields = Object.entries(schema.properties ?? {}).map(
      ([name, property]) => [name, this.value(property)] as const,
    );
    return fc.record(Object.fromEntries(fields), {
      requiredKeys: [...(schema.required ?? [])] as never[],
    });
  }

  /** A query string with any of the parameters, `?` included; required ones always. */
  query(parameters: readonly Parameter[]): fc.Arbitrary<string> {
    const inQuery = parameters.filter((parameter) => parameter.in === 'query');
    const values = inQuery.map(({ name, schema }) => {
      return [name, name === 'cursor' ? cursor() : this.value(schema)] as const;
    });
    const requiredKeys = inQuery.flatMap(({ name, required }) => (required ? [name] : []));
    return fc
      .record(Object.fromEntries(values), { requiredKeys: requiredKeys as never[] })
      .map((drawn) => {
        const pairs = Object.entries(drawn).map(
          ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
        );
        return pairs.length > 0 ? `?${pairs.join('&')}` : '';
      });
  }
}

/** Cursors of the one form there is: any instant, any id. */
function cursor(): fc.Arbitrary<string> {
  const at = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  return fc.tuple(at, fc.uuid()).map(([micros, id]) => formatCursor({ at: String(micros), id }));
}
