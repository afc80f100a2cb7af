/** Upper-case letters and digits without the look-alikes I, O, 0, 1 (D-A10): 32, five bits each. */
export const KEY_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Longest text looked up as a key. */
export const KEY_MAX = 128;

export { maskKey, normalizeKey } from '../../../kernel';

/** Draws `length` characters from `alphabet`, evenly and unpredictably. */
export type DrawText = (alphabet: string, length: number) => string;

/**
 * A new key of the shape `format` (an X for each random character). A prefix takes the place of
 * the first group: `XXXX-XXXX-XXXX-XXXX` with `VIP` gives `VIP-7KQ2-M9WD-X4TB` [seed 000].
 */
export function makeKey(format: string, prefix: string | null, draw: DrawText): string {
  const groups = format.split('-').map((group) => group.length);
  const random = (prefix === null ? groups : groups.slice(1)).map((length) =>
    draw(KEY_ALPHABET, length),
  );
  return (prefix === null ? random : [prefix.toUpperCase(), ...random]).join('-');
}
