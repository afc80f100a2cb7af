/** No letter or digit that is easily taken for another. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const GROUP = 5;
const GROUPS = 2;

export const RECOVERY_CODE_COUNT = 10;

/** A new code such as `K7QMX-4WZ9P`: 49 bits. `draw` gives that many characters of an alphabet. */
export function makeRecoveryCode(draw: (alphabet: string, length: number) => string): string {
  return Array.from({ length: GROUPS }, () => draw(ALPHABET, GROUP)).join('-');
}

/** A code without what people add or change when they type it off. */
export function plainCode(code: string): string {
  return code.replace(/[\s-]/g, '').toUpperCase();
}

/** Whether a plain code is one of an authenticator app. */
export function isTotpCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}
