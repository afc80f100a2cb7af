import { unique } from '../factories';
import type { Schema } from './contract';

/** ASCII letters, digits and signs as their full-width twins. */
export function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
}

const within = (text: string, mark: string) => `${text.slice(0, 2)}${mark}${text.slice(2)}`;

/** Spellings that look the same; letter case is kept. The text must hold a composed letter. */
export const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  decomposed: (text) => text.normalize('NFD'),
  'compatibly decomposed': (text) => text.normalize('NFKD'),
  'full width': fullWidth,
  'zero-width space': (text) => within(text, '\u200b'),
  'zero-width joiner': (text) => `${text}\u200d`,
  'word joiner': (text) => within(text, '\u2060'),
  'soft hyphen': (text) => within(text, '\u00ad'),
  'grapheme joiner': (text) => within(text, '\u034f'),
  'byte order mark': (text) => `\ufeff${text}`,
  'right to left override': (text) => `\u202e${text}\u202c`,
  'variation selector': (text) => within(text, '\ufe0f'),
  'variation selector of the supplement': (text) => within(text, '\u{e0101}'),
  'tag character': (text) => `${text}\u{e0041}`,
  'Mongolian vowel separator': (text) => within(text, '\u180e'),
  'Hangul filler': (text) => `${text}\u3164`,
  'blank Braille pattern': (text) => `${text}\u2800`,
  'no-break spaces around': (text) => `\u00a0${text}\u3000`,
};

/** Texts that trip over a wrong idea of what a character is. */
export const TRICKS: readonly string[] = [
  '\u202egnp.exe',
  '\u200b',
  '\u034f',
  '\u2800',
  '\u00ad\u2060\ufeff',
  'a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309',
  '\ufdfa'.repeat(14),
  '\u{1d16e}'.repeat(10),
  '\ufb2c'.repeat(20),
  '\u0390'.repeat(20),
  'ﬃ',
  'İstanbul',
  'ıI',
  'ſ',
  'K',
  'Å',
  'ß',
  'ΑΣ',
  '\u2028line\u2029',
  '𝒶𝒹𝓂𝒾𝓃',
  'аdmin',
  'admin﹫example．com',
  '／﹨．．／',
  '＜script＞',
  '＇ OR 1＝1',
  '％００',
  '\u{e0061}\u{e0062}',
  '\u{10ffff}',
  '\uffff',
  '\ufffd',
  '👨‍👩‍👧‍👦',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '각',
  '각',
  '\u1160\u115f',
];

/** JSON texts of strings that are no Unicode, and bytes that are no UTF-8. */
const MALFORMED: readonly Buffer[] = [
  Buffer.from('"abcdefgh\\ud800"'),
  Buffer.from('"\\udc00abcdefgh"'),
  Buffer.from('"\\udbff\\ud800abcdefgh"'),
];
/** Overlong and cut sequences; what is no UTF-8 may be replaced or refused, never trusted. */
const NOT_UTF8: readonly Buffer[] = [
  [0xc0, 0xaf],
  [0xe0, 0x80, 0xaf],
  [0xc1, 0x81],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf0, 0x9f],
  [0xff],
].map((bytes) => Buffer.from([0x22, 0x61, 0x62, ...bytes, 0x63, 0x64, 0x22]));

/**
 * JSON texts to send in a field, and whether each is bad for certain. Fields share a few decorators,
 * so each takes every fourth trick, and the next field others.
 */
export function casesFor(turn: number): { readonly json: Buffer; readonly bad: boolean }[] {
  const tricks = [...TRICKS.map((text) => Buffer.from(JSON.stringify(text))), ...NOT_UTF8];
  const mine = tricks.filter((_, index) => index % 4 === turn % 4);
  return [
    ...MALFORMED.map((json) => ({ json, bad: true })),
    ...mine.map((json) => ({ json, bad: false })),
  ];
}

/** A text with a composed letter that the field takes; null where it takes none. */
export function spellable({ pattern, format }: Schema): string | null {
  if (format === 'email') return `${unique('zoë')}@example.com`;
  return pattern || format ? null : unique('zoë');
}
