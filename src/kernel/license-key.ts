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
