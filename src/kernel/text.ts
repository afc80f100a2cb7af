/** Characters that are invisible and carry no meaning in a name: a classic way to forge a twin. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * One spelling for texts that look the same: compatibility normalised (NFKC), without invisible
 * characters, trimmed. Letter case stays.
 */
export function plainForm(text: string): string {
  // What was hidden between two characters may have kept them from composing.
  return text.normalize('NFKC').replace(INVISIBLE, '').normalize('NFKC').trim();
}

/**
 * What is wrong with the compared form of a text whose spelling is good, in words; null when
 * nothing is. A few characters stand for eighteen others, and some for none.
 */
export function formProblem(form: string, max: number): string | null {
  if (form === '') return 'must hold a visible character';
  return [...form].length > max ? `must be at most ${max} characters when normalised (NFKC)` : null;
}

/**
 * The form under which two spellings of a name or e-mail address are the same: compatibility
 * normalised (NFKC), without invisible characters, lower case, trimmed. Kept beside the spelling
 * that the person chose, never shown.
 */
export function nameKey(name: string): string {
  return plainForm(plainForm(name).toLowerCase());
}
