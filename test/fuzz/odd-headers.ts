import fc from 'fast-check';
import { mutate } from '../security/forgeries';
import { seeded } from '../security/support';

/** One odd header (or odd query) on a request that is good otherwise. */
export interface Oddity {
  readonly name: string;
  readonly headers?: Record<string, string>;
  /** Added to the query of a list. */
  readonly query?: string;
}

/** Any bytes a header line can carry, and some it cannot. */
const BYTES = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));
const WORDS = fc.constantFrom(
  ...['', ' ', ',', ';', '*', 'null', '[object Object]', '../', '"', "'", '%00', '\t', '\u00a0'],
  ...['a'.repeat(8_000), '9'.repeat(400), '-1', '1e999', '\r\nX-Evil: 1', '${jndi:ldap://x}', 'ÿ'],
);
const any = fc.oneof(BYTES, WORDS);

function around(genuine: string): fc.Arbitrary<string> {
  return fc.integer().map((seed) => mutate(genuine, seeded(seed)));
}

const header = (name: string, values: fc.Arbitrary<string>): fc.Arbitrary<Oddity> =>
  values.map((value) => ({ name, headers: { [name]: value } }));

const INSTANTS = fc.oneof(
  any,
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.constantFrom('Thu, 01 Jan 1970 00:00:00 GMT', '0', 'Mon, 99 Foo 2026 25:61:61 GMT', 'now'),
);

/** Names that look like what the server understands. */
const NAMES = {
  'idempotency-key': fc.oneof(any, fc.uuid(), fc.string({ maxLength: 300 })),
  'x-request-id': fc.oneof(any, fc.string({ maxLength: 80 }), fc.uuid()),
  range: fc.oneof(
    any,
    fc.constantFrom('bytes=0-0', 'bytes=-1', 'bytes=5-1', 'bytes=0-,0-', 'x=1-2'),
  ),
  'if-range': INSTANTS,
  'if-modified-since': INSTANTS,
  'if-unmodified-since': INSTANTS,
  'if-none-match': fc.oneof(any, fc.constantFrom('*', 'W/"x"', '"'.repeat(99))),
  'if-match': fc.oneof(any, fc.constantFrom('*', '"x"')),
  date: INSTANTS,
  accept: fc.oneof(any, fc.constantFrom('text/html', 'application/xml;q=0', '*/*;q=nan')),
  'accept-encoding': fc.oneof(any, fc.constantFrom('gzip', 'br;q=1e9', 'identity;q=0')),
  'accept-language': any,
  'content-encoding': fc.constantFrom('gzip', 'deflate', 'identity', 'x'),
  'content-language': any,
  'user-agent': fc.oneof(any, fc.string({ unit: 'binary', maxLength: 400 })),
  cookie: any,
  origin: fc.oneof(any, fc.constantFrom('null', 'https://attacker.example')),
  referer: any,
  forwarded: fc.oneof(any, fc.constantFrom('for=1.2.3.4', 'for="[::1]:x"')),
  'x-forwarded-for': fc.oneof(any, fc.ipV4(), fc.ipV6(), fc.constantFrom('1.2.3.4, ::1, x')),
  'x-forwarded-host': any,
  'x-forwarded-proto': any,
  'x-http-method-override': fc.constantFrom('DELETE', 'PUT', 'TRACE', ''),
  'x-original-url': fc.constantFrom('/v1/admin/apps', '/health'),
  'sec-fetch-site': any,
  upgrade: fc.constantFrom('websocket', 'h2c', 'x'),
  te: any,
  traceparent: any,
  prefer: any,
} satisfies Record<string, fc.Arbitrary<string>>;

const CONTENT_TYPES = fc.oneof(
  fc.constantFrom(
    ...['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'image/png'],
    ...['multipart/form-data', 'multipart/form-data; boundary=' + 'x'.repeat(200), 'nonsense'],
    ...['application/json; charset=utf-16', 'application/json;;;', 'application/json, text/plain'],
    ...['application/jsonx', 'application/vnd.api+json', 'APPLICATION/JSON', '*/*', '/', ';'],
  ),
  any,
);

const CURSORS = fc.oneof(
  fc.constantFrom(
    '',
    '0-',
    '-'.repeat(64),
    `zzzzzzzzzzzz-${'f'.repeat(32)}`,
    `0-${'0'.repeat(32)}`,
  ),
  fc.stringMatching(/^[0-9a-z]{0,14}-[0-9a-f]{28,34}$/),
  fc.string({ unit: 'binary', maxLength: 70 }),
);

/** Oddities for a request with that token and key. */
export function oddities(shown: {
  readonly token: string | undefined;
  readonly apiKey: string | undefined;
  readonly hasBody: boolean;
  readonly isList: boolean;
}): fc.Arbitrary<Oddity> {
  const { token, apiKey, hasBody, isList } = shown;
  const all = Object.entries(NAMES).map(([name, values]) => header(name, values));
  const authorization = fc.oneof(
    any,
    around(`Bearer ${token ?? 'a.b.c'}`),
    any.map((text) => `Bearer ${text}`),
    fc.constantFrom('Basic', 'Basic eA==', 'Digest x="', 'Bearer\t', 'bearer', 'Negotiate'),
  );
  const special = [
    header('authorization', authorization),
    header('x-api-key', fc.oneof(any, around(apiKey ?? 'as_0123456789abcdef'))),
    ...(hasBody ? [header('content-type', CONTENT_TYPES)] : []),
    ...(isList
      ? [CURSORS.map((text) => ({ name: 'cursor', query: `cursor=${encodeURIComponent(text)}` }))]
      : []),
  ];
  return fc.oneof(
    ...all.map((arbitrary) => ({ arbitrary, weight: 1 })),
    ...special.map((arbitrary) => ({ arbitrary, weight: 12 })),
  );
}
