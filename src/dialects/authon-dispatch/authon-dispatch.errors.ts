import type { DomainError } from '../../kernel';
import { ClientErrors, ClientRefusal } from '../../modules/client-access';

/** A refusal as this wire spells it. */
export interface SpelledRefusal {
  readonly status: number;
  readonly message: string;
  readonly code: string;
}

const spelled = (status: number, message: string, code: string): SpelledRefusal => ({
  status,
  message,
  code,
});

/**
 * The exact messages of the client API [doc 1.3], their statuses (D-A1), and a machine code beside
 * each: seed 001's where it has one that fits, ours elsewhere. The record is total, so a new
 * refusal does not build until it is spelled here.
 */
export const REFUSALS: Record<ClientRefusal, SpelledRefusal> = {
  APP_PAUSED: spelled(403, 'Application is paused', 'APP_PAUSED'),
  APP_HASH_MISMATCH: spelled(403, 'Application hash mismatch', 'APP_HASH_MISMATCH'),
  IP_BLACKLISTED: spelled(403, 'IP address banned', 'BLACKLISTED'),
  HWID_BLACKLISTED: spelled(403, 'Hardware banned', 'BLACKLISTED'),
  USERNAME_BLACKLISTED: spelled(403, 'Username banned', 'BLACKLISTED'),
  KEY_BLACKLISTED: spelled(403, 'License is banned', 'BLACKLISTED'),
  NETWORK_BLOCKED: spelled(403, 'VPN/Proxy connections are not allowed', 'NETWORK_BLOCKED'),
  NETWORK_UNKNOWN: spelled(403, 'Your network could not be checked', 'NETWORK_UNKNOWN'),
  SESSION_INVALID: spelled(401, 'Invalid session', 'INVALID_SESSION'),
  CLIENT_CREDENTIALS_INVALID: spelled(401, 'Invalid credentials', 'INVALID_CREDENTIALS'),
  CLIENT_SIGN_IN_LOCKED: spelled(429, 'Too many requests, slow down', 'RATE_LIMITED'),
  KEY_UNKNOWN: spelled(401, 'Invalid license key', 'INVALID_LICENSE_KEY'),
  KEY_UNUSABLE: spelled(400, 'Invalid or already used license key', 'LICENSE_KEY_UNUSABLE'),
  USER_BANNED: spelled(403, 'Account banned', 'ACCOUNT_BANNED'),
  LICENSE_BANNED: spelled(403, 'License is banned', 'LICENSE_BANNED'),
  USER_FROZEN: spelled(403, 'Account is frozen. Contact admin to unfreeze.', 'ACCOUNT_FROZEN'),
  LICENSE_SUSPENDED: spelled(403, 'License is suspended', 'LICENSE_SUSPENDED'),
  LICENSE_REVOKED: spelled(403, 'License is revoked', 'LICENSE_REVOKED'),
  SUBSCRIPTION_EXPIRED: spelled(403, 'Subscription expired', 'LICENSE_EXPIRED'),
  LICENSE_EXPIRED: spelled(403, 'License has expired', 'LICENSE_EXPIRED'),
  HWID_MISMATCH: spelled(403, 'Hardware ID mismatch', 'HWID_MISMATCH'),
  HWID_COOLDOWN: spelled(403, 'HWID cooldown active', 'HWID_COOLDOWN'),
  PRODUCT_UNKNOWN: spelled(404, 'Product not found', 'NOT_FOUND'),
  PRODUCT_MISMATCH: spelled(400, 'Invalid product for this license', 'PRODUCT_MISMATCH'),
  VERSION_MISMATCH: spelled(400, 'Invalid version', 'VERSION_MISMATCH'),
  ADDRESS_LIMIT: spelled(403, 'Maximum IP limit reached', 'ADDRESS_LIMIT'),
  VARIABLE_UNKNOWN: spelled(404, 'Variable not found', 'NOT_FOUND'),
  VARIABLE_READ_ONLY: spelled(403, 'Variable is read-only', 'VARIABLE_READ_ONLY'),
  VARIABLES_FULL: spelled(403, 'Variable limit reached', 'VARIABLE_LIMIT'),
  REFERRAL_UNKNOWN: spelled(404, 'Referral code not found', 'NOT_FOUND'),
  REFERRAL_USED_UP: spelled(409, 'Referral code has no uses left', 'REFERRAL_USED_UP'),
  REFERRAL_REDEEMED: spelled(409, 'Referral code already redeemed', 'REFERRAL_REDEEMED'),
  REFERRAL_OWN: spelled(400, 'You cannot redeem your own code', 'REFERRAL_OWN'),
  FILE_UNKNOWN: spelled(404, 'File not found', 'NOT_FOUND'),
  FILE_LEVEL_TOO_LOW: spelled(403, 'Insufficient access level for this file', 'INSUFFICIENT_LEVEL'),
  TICKET_INVALID: spelled(401, 'The download link is no longer valid', 'INVALID_TICKET'),
};

/** Wrong `appId` or `apiKey` [doc 1.3]. */
export const BAD_APP_CREDENTIALS = spelled(401, 'Invalid appId or apiKey', 'INVALID_KEY');

/** How this wire spells a code, if it is that of a refusal. */
export function spelledRefusal(code: string): SpelledRefusal | null {
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code as ClientRefusal] : null;
}

/** The error that carries a refusal out of a controller of this wire. */
export function refusal(code: ClientRefusal): DomainError {
  return ClientErrors[code]();
}
