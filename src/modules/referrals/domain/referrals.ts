/** Upper-case letters and digits without the look-alikes I, O, 0, 1. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const DRAWN_LENGTH = 10;

/** What a seller may choose as a code. */
export const REFERRAL_CODE = /^[A-Za-z0-9_-]{3,32}$/;
export const REFERRAL_CODE_MAX = 32;
/** Longest text looked up as a code. */
export const REFERRAL_CODE_LOOKUP_MAX = 64;
export const REWARD_DAYS_MAX = 3_650;
export const REFERRAL_USES_MAX = 1_000_000;

/** The form under which codes are stored and found: trimmed, upper case. */
export function normalizeCode(text: string): string {
  return text.trim().toUpperCase();
}

/** A code that nobody guesses: 50 random bits. */
export function drawCode(draw: (alphabet: string, length: number) => string): string {
  return draw(ALPHABET, DRAWN_LENGTH);
}
