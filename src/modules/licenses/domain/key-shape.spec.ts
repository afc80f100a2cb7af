import type { KeyShape } from '../../../kernel';
import { keyBits, keySize, shapedKey } from './key-shape';

const SHAPE: KeyShape = {
  prefix: 'tki-',
  length: 15,
  letters: true,
  numbers: true,
  hyphens: true,
  hyphenEvery: 5,
};

/** Draws the alphabet in its order, again and again. */
const inOrder = (alphabet: string, length: number) =>
  Array.from({ length }, (_, i) => alphabet[i % alphabet.length]).join('');

describe('key shape', () => {
  test.each([
    ['the sample of document 003', {}, 'TKI-ABCDE-FGHJK-LMNPQ'],
    ['the documented default prefix', { prefix: 'TKI - ' }, 'TKI - ABCDE-FGHJK-LMNPQ'],
    ['no prefix', { prefix: '' }, 'ABCDE-FGHJK-LMNPQ'],
    ['no hyphens', { hyphens: false }, 'TKI-ABCDEFGHJKLMNPQ'],
    ['numbers alone', { letters: false, length: 9 }, 'TKI-23456-7892'],
    ['letters alone', { numbers: false, length: 26 }, 'TKI-ABCDE-FGHJK-LMNPQ-RSTUV-WXYZA-B'],
    ['a hyphen every 4', { hyphenEvery: 4, length: 8 }, 'TKI-ABCD-EFGH'],
  ] as const)('%s', (_, options, key) => {
    expect(shapedKey({ ...SHAPE, ...options }, inOrder)).toBe(key);
    expect(keySize({ ...SHAPE, ...options })).toBe(key.length);
  });

  test.each([
    [SHAPE, 75],
    [{ ...SHAPE, letters: false }, 45],
    [{ ...SHAPE, letters: false, numbers: false }, 0],
  ])('bits of a key', (shape, bits) => {
    expect(keyBits(shape)).toBe(bits);
  });
});
