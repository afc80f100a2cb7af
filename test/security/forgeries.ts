import { createHmac, createPublicKey, createSign, generateKeyPairSync, sign } from 'node:crypto';
import { testSettings } from '../support/settings';

export const HEADER = { alg: 'HS256', typ: 'at+jwt' };

export interface Forgery {
  readonly name: string;
  readonly token: string;
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function hmac(input: string, key: string | Buffer, hash = 'sha256'): string {
  return createHmac(hash, key).update(input).digest('base64url');
}

/** A token over any header and payload, text taken as it stands. */
export function token(
  header: unknown,
  payload: unknown,
  key: string | Buffer,
  hash?: string,
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${hmac(input, key, hash)}`;
}

/** Tokens with a right signature that are wrong in their header: somebody else's choice of key or rules. */
export function headerForgeries(claims: object, key: string): Forgery[] {
  const jwk = { kty: 'oct', k: encode('my own key') };
  const parameters: Record<string, unknown>[] = [
    { kid: '../../../../dev/null' },
    { kid: "x' UNION SELECT 'my own key' --" },
    { kid: 'https://attacker.example/key' },
    { kid: '' },
    { kid: ['a'] },
    { jku: 'https://attacker.example/jwks.json' },
    { jwk },
    { x5u: 'https://attacker.example/cert.pem' },
    { x5c: ['MIIB'] },
    { x5t: 'AAAA' },
    { crit: ['exp'] },
    { crit: [] },
    { b64: false, crit: ['b64'] },
    { zip: 'DEF' },
    { cty: 'JWT' },
    { enc: 'A256GCM' },
    { typ: 'JWT' },
    { typ: 'AT+JWT' },
    { typ: 'application/at+jwt' },
    { typ: 'rt+jwt' },
    { typ: null },
    { typ: undefined },
    { typ: ['at+jwt'] },
    { typ: 'at+jwt\u0000' },
  ];
  const forged = parameters.map((parameter) => ({
    name: `header ${JSON.stringify(parameter)}`,
    token: token({ ...HEADER, ...parameter }, claims, key),
  }));
  const others = ['[]', 'null', '"HS256"', '7', '{', '', '{"alg":"HS256","typ":"at+jwt"', '\u0000'];
  return [
    ...forged,
    ...others.map((text) => ({ name: `header ${text}`, token: token(text, claims, key) })),
  ];
}

/** Tokens whose algorithm is not ours, unsigned or signed with what an attacker has. */
export function algorithmForgeries(claims: object, key: string): Forgery[] {
  const none = ['none', 'None', 'NONE', 'nOnE', '', null, 0, false];
  const forged = none.flatMap((alg) => {
    const input = `${encode({ ...HEADER, alg })}.${encode(claims)}`;
    return [
      { name: `alg ${alg}, no signature`, token: `${input}.` },
      { name: `alg ${alg}, two parts`, token: input },
      { name: `alg ${alg}, our signature`, token: `${input}.${hmac(input, key)}` },
    ];
  });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed = generateKeyPairSync('ed25519');
  const rs = `${encode({ ...HEADER, alg: 'RS256' })}.${encode(claims)}`;
  const ed25519 = `${encode({ ...HEADER, alg: 'EdDSA' })}.${encode(claims)}`;
  const pem = createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' });
  const rsSignature = createSign('RSA-SHA256').update(rs).sign(rsa.privateKey, 'base64url');
  const edSignature = sign(null, Buffer.from(ed25519), ed.privateKey).toString('base64url');
  return [
    ...forged,
    { name: 'RS256', token: `${rs}.${rsSignature}` },
    { name: 'RS256 header, HMAC with our key', token: `${rs}.${hmac(rs, key)}` },
    { name: 'EdDSA', token: `${ed25519}.${edSignature}` },
    { name: 'EdDSA header, HMAC with our key', token: `${ed25519}.${hmac(ed25519, key)}` },
    { name: 'HS256 under a public key', token: token(HEADER, claims, pem) },
    ...(['HS384', 'HS512'] as const).map((alg) => ({
      name: `${alg} under our key`,
      token: token({ ...HEADER, alg }, claims, key, `sha${alg.slice(2)}`),
    })),
    ...['hs256', 'HS256 ', 'ES256', 'PS256', 'A256KW', 'dir'].map((alg) => ({
      name: `alg ${alg}`,
      token: token({ ...HEADER, alg }, claims, key),
    })),
  ];
}

/** Signatures by a key that is not ours, and edits under a signature that is. */
export function signatureForgeries(claims: object, genuine: string, strangerId: string): Forgery[] {
  const [head, , signature] = genuine.split('.') as [string, string, string];
  const keys = ['', 'secret', 'latchkey', '\0', 'your-256-bit-secret', '20250712'];
  const edit = (changes: object) => `${head}.${encode({ ...claims, ...changes })}.${signature}`;
  return [
    ...keys.map((key) => ({ name: `signed with ${key}`, token: token(HEADER, claims, key) })),
    {
      name: 'signed with the setting, not the derived key',
      token: token(HEADER, claims, testSettings['JWT_SECRET']!),
    },
    { name: 'another seller', token: edit({ sub: strangerId }) },
    { name: 'a later expiry', token: edit({ exp: 4_000_000_000 }) },
    { name: 'no signature', token: genuine.slice(0, -signature.length) },
    { name: 'half a signature', token: genuine.slice(0, -20) },
    { name: 'signature as hex', token: `${head}.${encode(claims)}.${'ab'.repeat(32)}` },
  ];
}

/** Tokens signed by our key with claims that must not pass: kind, issuer, times, who. */
export function claimForgeries(claims: Record<string, unknown>, key: string): Forgery[] {
  const now = Math.floor(Date.now() / 1_000);
  const changes: Record<string, unknown>[] = [
    ...['latchkey', 'latchkey:reseller', 'latchkey:app', '', [], {}, null, undefined, 7].map(
      (aud) => ({ aud }),
    ),
    ...['Latchkey', 'attacker', '', null, undefined, 7, ['attacker']].map((iss) => ({ iss })),
    ...[now - 1, now - 100_000, 0, -1, '4000000000', 'never', null, [], {}, true].map((exp) => ({
      exp,
    })),
    ...[now + 100, now + 100_000, '0', null, [], {}].map((nbf) => ({ nbf })),
    ...['sub', 'sid'].flatMap((name) =>
      [undefined, null, '', 7, true, {}, [claims[name]], { toString: 'x' }, 'x', "' OR 1=1 --"].map(
        (value) => ({ [name]: value }),
      ),
    ),
    { sub: String(claims['sub']).replaceAll('-', '') },
    { sub: claims['sid'], sid: claims['sub'] },
    { sub: `${String(claims['sub'])}\u0000` },
  ];
  const forged = changes.map((change) => ({
    name: `claims ${JSON.stringify(change)} ${Object.values(change)[0] === undefined ? '(absent)' : ''}`,
    token: token(HEADER, { ...claims, ...change }, key),
  }));
  const text = JSON.stringify(claims).slice(0, -1);
  const raw = [
    `${text},"exp":1}`,
    `${text},"sub":"nobody"}`,
    `${text},"aud":"latchkey:reseller"}`,
    `${text}`,
    '[]',
    'null',
    '"text"',
    '7',
    '',
    '{}',
    '\ufeff{}',
  ];
  const payloads = raw.map((payload) => ({
    name: `payload ${payload.slice(-40)}`,
    token: token(HEADER, payload, key),
  }));
  return [...forged, ...payloads];
}

/** Whatever is no token at all. */
export function shapeForgeries(genuine: string): Forgery[] {
  const texts = {
    empty: '',
    dots: '..',
    'many dots': '.'.repeat(10_000),
    'a fourth part': `${genuine}.${genuine}`,
    '1 MB': 'a'.repeat(1 << 20),
    '1 MB header': `${encode({ ...HEADER, x: 'a'.repeat(1 << 20) })}.${genuine.split('.')[1]}.x`,
    '1 MB after the token': `${genuine}.${'a'.repeat(1 << 20)}`,
    'deep JSON': `${encode('['.repeat(100_000))}.e30.x`,
    'space inside': genuine.replace('.', '. '),
    'tab inside': genuine.replace('.', '\t.'),
    'another word behind': `${genuine} ${genuine}`,
    'comma behind': `${genuine}, Basic eDp5`,
    quoted: `"${genuine}"`,
    padded: genuine
      .split('.')
      .map((part) => `${part}=`)
      .join('.'),
    'percent-encoded': encodeURIComponent(genuine).replaceAll('.', '%2E'),
    'not base64': '!!!.???.###',
    'other kind of token': 'sess_abc123',
  };
  return Object.entries(texts).map(([name, value]) => ({ name, token: value }));
}

/** One change to a token: a character swapped, dropped, doubled, parts exchanged, cases turned. */
export function mutate(genuine: string, draw: (below: number) => number): string {
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ';
  let text = genuine;
  for (let round = 0; round <= draw(3); round++) {
    const at = draw(text.length);
    const drawn = ALPHABET[draw(ALPHABET.length)]!;
    const parts = text.split('.');
    const cut = draw(text.length);
    text = [
      () => text.slice(0, at) + drawn + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(at + 1),
      () => text.slice(0, at) + drawn + text.slice(at),
      () => text.slice(0, at) + text.slice(at, at + 5) + text.slice(at),
      () => text.slice(0, cut + 1),
      () => parts.reverse().join('.'),
      () => parts.map((part, index) => (index === at % 3 ? '' : part)).join('.'),
      () => text.slice(0, at) + text.slice(at).toUpperCase(),
    ][draw(8)]!();
  }
  return text;
}
