/** The form under which licence keys are stored and found: trimmed, upper case (D-A10). */
export function normalizeKey(text: string): string {
  return text.trim().toUpperCase();
}

const TAIL = 4;

/** A key for people who may see that it exists but not use it: `VIP-****-****-X4TB`. */
export function maskKey(key: string): string {
  const groups = key.split('-');
  // A key of one group shows its end at most, and a short one nothing.
  if (groups.length === 1) {
    const shown = key.length >= 3 * TAIL ? TAIL : 0;
    return '*'.repeat(key.length - shown) + key.slice(key.length - shown);
  }
  return groups
    .map((group, index) => (index === groups.length - 1 ? group : '*'.repeat(group.length)))
    .join('-');
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
