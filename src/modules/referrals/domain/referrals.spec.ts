import { drawCode, normalizeCode, REFERRAL_CODE } from './referrals';

describe('referral codes', () => {
  test.each([
    ['summer', 'SUMMER'],
    [' SuMMer-24\n', 'SUMMER-24'],
  ])('%j is found as %s', (text, stored) => {
    expect(normalizeCode(text)).toBe(stored);
  });

  test('a drawn code is one that a seller could have chosen', () => {
    const code = drawCode((alphabet, length) => alphabet.slice(-length));
    expect(code).toMatch(REFERRAL_CODE);
    expect(normalizeCode(code)).toBe(code);
    expect(code).toHaveLength(10);
  });
});
