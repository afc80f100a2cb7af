/** The form under which licence keys are stored and found: trimmed, upper case (D-A10). */
export function normalizeKey(text: string): string {
  return text.trim().toUpperCase();
}

/** Longest last group that is shown whole, and what is shown of a longer one. */
const GROUP_MAX = 5;
const TAIL = 4;
/** Fewer hidden characters than this could be guessed: then nothing is shown. */
const HIDDEN_MIN = 8;

/**
 * A key for people who may see that it exists but not use it: `***-****-****-X4TB`. A key that came
 * from elsewhere may be of any characters; none is cut in half.
 */
export function maskKey(key: string): string {
  const characters = [...key];
  const last = characters.length - 1 - characters.lastIndexOf('-');
  const tail = last > GROUP_MAX ? TAIL : last;
  const hidden = characters.filter((character) => character !== '-').length - tail;
  const shownFrom = characters.length - (hidden < HIDDEN_MIN ? 0 : tail);
  return characters
    .map((character, index) => (index >= shownFrom || character === '-' ? character : '*'))
    .join('');
}

/** The shape of a seller's keys where it is chosen by options [doc 003, LicenseSettings]. */
export interface KeyShape {
  /** Stands before the characters as it is, in upper case; may be empty. */
  readonly prefix: string;
  /** Drawn characters, without prefix and hyphens. */
  readonly length: number;
  /** Which characters are drawn; at least one of them. */
  readonly letters: boolean;
  readonly numbers: boolean;
  /** Whether a hyphen stands after every `hyphenEvery` characters. */
  readonly hyphens: boolean;
  readonly hyphenEvery: number;
}
