import type { KeyShape } from '../../../kernel';
import { DrawText, KEY_ALPHABET } from './license-key';

/** Bits below which a key can be guessed within the limits on guessing; see docs/security.md. */
export const KEY_BITS_MIN = 40;

function alphabetOf({ letters, numbers }: KeyShape): string {
  return [...KEY_ALPHABET]
    .filter((character) => (/[0-9]/.test(character) ? numbers : letters))
    .join('');
}

/** How hard keys of the shape are to guess, in bits; 0 when nothing may be drawn. */
export function keyBits(shape: KeyShape): number {
  const choices = alphabetOf(shape).length;
  return choices === 0 ? 0 : shape.length * Math.log2(choices);
}

/** Characters of a key of the shape. */
export function keySize({ prefix, length, hyphens, hyphenEvery }: KeyShape): number {
  const groups = hyphens ? Math.ceil(length / hyphenEvery) : 1;
  return prefix.length + length + groups - 1;
}

/** A new key: prefix `TKI-`, 15 characters, a hyphen every 5 gives `TKI-7KQ2M-9WDX4-TBHJ3` [seed 003]. */
export function shapedKey(shape: KeyShape, draw: DrawText): string {
  const drawn = draw(alphabetOf(shape), shape.length);
  const every = shape.hyphens ? shape.hyphenEvery : shape.length;
  const groups = drawn.match(new RegExp(`.{1,${every}}`, 'g')) ?? [];
  return `${shape.prefix.toUpperCase()}${groups.join('-')}`;
}
