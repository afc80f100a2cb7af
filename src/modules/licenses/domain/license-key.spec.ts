import { KEY_ALPHABET, makeKey, maskKey, normalizeKey } from './license-key';

const draw = (_: string, length: number) => 'ABCDEFGH'.slice(0, length);

describe('licence keys (D-A10)', () => {
  test('the alphabet has 32 characters and no look-alikes', () => {
    expect(new Set(KEY_ALPHABET).size).toBe(32);
    expect(KEY_ALPHABET).not.toMatch(/[IO01a-z]/);
  });

  test.each([
    ['XXXX-XXXX-XXXX-XXXX', null, 'ABCD-ABCD-ABCD-ABCD'],
    ['XXXX-XXXX-XXXX-XXXX', 'vip', 'VIP-ABCD-ABCD-ABCD'],
    ['XXXXX-XXXXX-XXXXX', null, 'ABCDE-ABCDE-ABCDE'],
  ])('%s with prefix %s', (format, prefix, key) => {
    expect(makeKey(format, prefix, draw)).toBe(key);
  });

  test('spaces around a key and its case make no difference', () => {
    expect(normalizeKey('  vip-abcd ')).toBe('VIP-ABCD');
  });

  test('a masked key keeps its shape and shows its last group only', () => {
    expect(maskKey('VIP-ABCD-EFGH-JKLM')).toBe('***-****-****-JKLM');
  });
});
