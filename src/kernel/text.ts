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

/** What a text may hold. */
export interface TextRule {
  /** Length in Unicode code points; 1 when absent. */
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly patternHelp?: string;
  /** Line breaks and tabs are text here (a note); elsewhere control characters are refused. */
  readonly multiline?: boolean;
}

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
// eslint-disable-next-line no-control-regex -- the same without tab, line feed, carriage return
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** What is wrong with a text by that rule, in words; null when it is good. */
export function textProblem(value: unknown, rule: TextRule): string | null {
  const { min = 1, max } = rule;
  const expected =
    min === max
      ? `must be a string of ${max} characters`
      : `must be a string of ${min} to ${max} characters`;
  if (typeof value !== 'string') return expected;
  if (!value.isWellFormed()) return 'must be well-formed Unicode (it holds a lone surrogate)';
  if ((rule.multiline ? CONTROL_BUT_LINES : CONTROL).test(value)) {
    return 'must not hold control characters';
  }
  // Code units bound the cost of counting code points in a huge string.
  const length = value.length > 2 * max ? value.length : [...value].length;
  if (length < min || length > max) return expected;
  if (rule.pattern && !rule.pattern.test(value)) {
    return `must be ${rule.patternHelp ?? `of the form ${rule.pattern.source}`}`;
  }
  return null;
}

/** PostgreSQL knows no year 0. */
const ISO_INSTANT = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
const TO_SECONDS = 'yyyy-mm-ddThh:mm:ss'.length;

/** What is wrong with an instant written as ISO-8601 in UTC; null when it is good. */
export function instantProblem(value: unknown): string | null {
  return isInstant(value) ? null : 'must be a UTC instant such as 2026-12-31T23:59:59Z';
}

/** Whether a text names an instant that exists; JavaScript takes 30 February for 2 March. */
function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !ISO_INSTANT.test(value)) return false;
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return false;
  return instant.toISOString().slice(0, TO_SECONDS) === value.slice(0, TO_SECONDS);
}
