import { newTotpSecret, totpStep, totpUri } from '.';

/** «12345678901234567890» of RFC 6238, appendix B, in base32; its codes cut to six digits. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS: readonly (readonly [seconds: number, code: string])[] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];

describe('totpStep', () => {
  test.each(VECTORS)('at %i s the code of RFC 6238 is %s', (seconds, code) => {
    const step = Math.floor(seconds / 30);
    expect(totpStep(SECRET, code, seconds * 1_000)).toBe(step);
    expect(totpStep(SECRET, code, (step - 1) * 30_000)).toBe(step);
    expect(totpStep(SECRET, code, (step + 2) * 30_000 - 1)).toBe(step);
  });

  test('two steps away, or with a digit changed, it is wrong', () => {
    const [[seconds, code]] = [VECTORS[2]!];
    expect(totpStep(SECRET, code, (seconds + 60) * 1_000)).toBeNull();
    expect(totpStep(SECRET, code, (seconds - 60) * 1_000)).toBeNull();
    expect(totpStep(SECRET, '050472', seconds * 1_000)).toBeNull();
    expect(totpStep(SECRET, '50471', seconds * 1_000)).toBeNull();
  });
});

test('newTotpSecret draws 160 bits, and the address names issuer, account and secret', () => {
  const secret = newTotpSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(secret);
  const uri = new URL(totpUri(secret, 'Latchkey', 'dev@example.com'));
  expect(decodeURIComponent(uri.pathname)).toContain('Latchkey:dev@example.com');
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({
    secret,
    issuer: 'Latchkey',
    digits: '6',
    period: '30',
  });
});
