/** Characters that are invisible and carry no meaning in a name: a classic way to forge a twin. */
const INVISIBLE = /\p{Cf}|[\u115F\u1160\u3164\uFFA0]|[\uFE00-\uFE0F]/gu;

/**
 * The form under which two spellings of a name or e-mail address are the same: compatibility
 * normalised (NFKC), without invisible characters, lower case, trimmed. Kept beside the spelling
 * that the person chose, never shown.
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').replace(INVISIBLE, '').toLowerCase().normalize('NFKC').trim();
}
