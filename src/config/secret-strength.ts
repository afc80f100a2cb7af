/** The placeholders of `.env.example`. They are public, so they are refused as secrets. */
export const EXAMPLE_SECRETS = {
  MASTER_KEY: 'replace-me-with-the-output-of-openssl-rand-base64-32',
  JWT_SECRET: 'replace-me-with-another-output-of-openssl-rand-base64-32',
} as const;

const MIN_LENGTH = 32;
const MIN_DISTINCT = 10;

/**
 * Why a secret cannot be used, or null when it can. Outside production a missing secret is fine
 * (one is generated); a weak one is refused everywhere, because a choice was made and it is bad.
 */
export function secretProblem(value: string | undefined, required: boolean): string | null {
  if (value === undefined || value === '') {
    return required ? 'is required in production (openssl rand -base64 32)' : null;
  }
  if (Object.values<string>(EXAMPLE_SECRETS).includes(value)) {
    return 'is the value of .env.example, which everybody knows';
  }
  if (value.length < MIN_LENGTH) return `is too short: at least ${MIN_LENGTH} characters`;
  if (new Set(value).size < MIN_DISTINCT) {
    return `is too easy to guess: at least ${MIN_DISTINCT} different characters`;
  }
  return null;
}
