/** The form under which licence keys are stored and found: trimmed, upper case (D-A10). */
export function normalizeKey(text: string): string {
  return text.trim().toUpperCase();
}

const TAIL = 4;

/**
 * A key for people who may see that it exists but not use it: `***-****-****-X4TB`. A key that came
 * from elsewhere may be of any characters; none is cut in half.
 */
export function maskKey(key: string): string {
  const groups = key.split('-').map((group) => [...group]);
  const last = groups.pop()!;
  // A key of one group shows its end at most, and a short one nothing.
  const hidden = groups.length > 0 ? 0 : last.length - (last.length >= 3 * TAIL ? TAIL : 0);
  return [...groups.map((group) => '*'.repeat(group.length)), starred(last, hidden)].join('-');
}

function starred(characters: readonly string[], hidden: number): string {
  return '*'.repeat(hidden) + characters.slice(hidden).join('');
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
