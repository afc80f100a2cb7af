import { nameKey, normalizeKey, plainForm } from '../../../kernel';

export const BLACKLIST_TYPES = ['IP', 'HWID', 'USERNAME', 'KEY'] as const;
/** What an entry speaks of (D-A12), and licence keys. */
export type BlacklistType = (typeof BLACKLIST_TYPES)[number];

/** Those that are compared as text; addresses are compared as networks. */
export type TextType = Exclude<BlacklistType, 'IP'>;

const FORMS: Readonly<Record<TextType, (value: string) => string>> = {
  HWID: plainForm,
  USERNAME: nameKey,
  KEY: normalizeKey,
};

/** The form under which two spellings of a value are the same. */
export function comparedForm(type: TextType, value: string): string {
  return FORMS[type](value);
}
