import { Secret, TOTP } from 'otpauth';

/** Time-based one-time passwords (RFC 6238) as authenticator apps expect them. */
const SETTINGS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SECRET_BYTES = 20;
/** Steps before and after the present one that are taken as well, for clocks that are off. */
const WINDOW = 1;

/** A new shared secret of 160 bits, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The `otpauth://` address that an authenticator app reads from a QR code. */
export function totpUri(secret: string, issuer: string, label: string): string {
  return new TOTP({ ...SETTINGS, issuer, label, secret: Secret.fromBase32(secret) }).toString();
}

/**
 * The time step a code belongs to, at most one away from the one at `nowMs` (Unix milliseconds);
 * null for a wrong code. The comparison takes the same time for every code.
 */
export function totpStep(secret: string, code: string, nowMs: number): number | null {
  const given = { ...SETTINGS, secret: Secret.fromBase32(secret), timestamp: nowMs };
  const delta = TOTP.validate({ ...given, token: code, window: WINDOW });
  return delta === null ? null : TOTP.counter(given) + delta;
}
