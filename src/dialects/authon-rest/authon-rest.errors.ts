import { CommonErrors, DomainError } from '../../kernel';
import { AppErrors } from '../../modules/apps';
import { ClientErrors, ClientRefusal } from '../../modules/client-access';

/**
 * The codes of the document's error table [seed 001], and ours where it has none. The record is
 * total, so a new refusal does not build until it is spelled here.
 */
export const REFUSAL_CODES: Record<ClientRefusal, string> = {
  APP_PAUSED: 'APP_PAUSED',
  APP_HASH_MISMATCH: 'APP_HASH_MISMATCH',
  IP_BLACKLISTED: 'BLACKLISTED',
  HWID_BLACKLISTED: 'BLACKLISTED',
  USERNAME_BLACKLISTED: 'BLACKLISTED',
  KEY_BLACKLISTED: 'BLACKLISTED',
  NETWORK_BLOCKED: 'NETWORK_BLOCKED',
  NETWORK_UNKNOWN: 'NETWORK_UNKNOWN',
  SESSION_INVALID: 'INVALID_SESSION',
  CLIENT_CREDENTIALS_INVALID: 'INVALID_CREDENTIALS',
  CLIENT_SIGN_IN_LOCKED: 'RATE_LIMITED',
  KEY_UNKNOWN: 'INVALID_LICENSE_KEY',
  KEY_UNUSABLE: 'LICENSE_KEY_UNUSABLE',
  USER_BANNED: 'ACCOUNT_BANNED',
  LICENSE_BANNED: 'LICENSE_BANNED',
  USER_FROZEN: 'ACCOUNT_FROZEN',
  LICENSE_SUSPENDED: 'LICENSE_SUSPENDED',
  LICENSE_REVOKED: 'LICENSE_REVOKED',
  SUBSCRIPTION_EXPIRED: 'LICENSE_EXPIRED',
  LICENSE_EXPIRED: 'LICENSE_EXPIRED',
  HWID_MISMATCH: 'HWID_MISMATCH',
  HWID_COOLDOWN: 'HWID_COOLDOWN',
  PRODUCT_UNKNOWN: 'NOT_FOUND',
  PRODUCT_MISMATCH: 'PRODUCT_MISMATCH',
  VERSION_MISMATCH: 'VERSION_MISMATCH',
  ADDRESS_LIMIT: 'ADDRESS_LIMIT',
  VARIABLE_UNKNOWN: 'NOT_FOUND',
  VARIABLE_READ_ONLY: 'VARIABLE_READ_ONLY',
  VARIABLES_FULL: 'VARIABLE_LIMIT',
  REFERRAL_UNKNOWN: 'NOT_FOUND',
  REFERRAL_USED_UP: 'REFERRAL_USED_UP',
  REFERRAL_REDEEMED: 'REFERRAL_REDEEMED',
  REFERRAL_OWN: 'REFERRAL_OWN',
  FILE_UNKNOWN: 'NOT_FOUND',
  FILE_LEVEL_TOO_LOW: 'INSUFFICIENT_LEVEL',
  TICKET_INVALID: 'INVALID_TICKET',
};

const CODES = new Map<string, string>([
  ...Object.entries(REFUSAL_CODES),
  [AppErrors.API_KEY_INVALID.code, 'INVALID_KEY'],
]);

/** The code of an error on this wire: the table's where it has one, `NOT_FOUND` for what is missing. */
export function codeOf(error: DomainError): string {
  return CODES.get(error.code) ?? (error.class === 'missing' ? 'NOT_FOUND' : error.code);
}

/** The error that carries a refusal out; whatever the refusal recorded is committed by then. */
export function refusal(
  code: ClientRefusal,
  facts: Readonly<Record<string, unknown>>,
): DomainError {
  const { retryAfterSeconds } = facts;
  const wait = typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {};
  return ClientErrors[code](wait);
}

/** What a client route can answer beside its grant. */
export const CLIENT_ERRORS = [
  CommonErrors.RATE_LIMITED,
  AppErrors.API_KEY_INVALID,
  ...(Object.keys(REFUSAL_CODES) as ClientRefusal[]).map((code) => ClientErrors[code]),
];
