import type { ClientRefusal } from '../../modules/client-access';

/** A refusal as this wire spells it. */
export interface SpelledRefusal {
  readonly status: number;
  readonly message: string;
}

const spelled = (status: number, message: string): SpelledRefusal => ({ status, message });

const BLACKLISTED_LICENSE = spelled(403, 'Your License is blacklisted at the moment!');
const RATE_LIMITED = spelled(429, 'Too many requests, please try again later');
/** What only other wires ask for. */
const UNASKED = spelled(403, 'Not allowed');

/**
 * The sentences of the document [doc 003, 4.1] and of D-T1, with their statuses. The record is total,
 * so a new refusal does not build until it is spelled here.
 */
export const REFUSALS: Record<ClientRefusal, SpelledRefusal> = {
  APP_PAUSED: spelled(403, 'Application is paused'),
  APP_HASH_MISMATCH: UNASKED,
  IP_BLACKLISTED: spelled(403, 'Your IP is blacklisted!'),
  HWID_BLACKLISTED: spelled(403, 'Your HWID is blacklisted!'),
  USERNAME_BLACKLISTED: BLACKLISTED_LICENSE,
  KEY_BLACKLISTED: BLACKLISTED_LICENSE,
  NETWORK_BLOCKED: spelled(403, 'VPN/Proxy connections are not allowed'),
  NETWORK_UNKNOWN: spelled(403, 'Your network could not be checked'),
  SESSION_INVALID: UNASKED,
  CLIENT_CREDENTIALS_INVALID: UNASKED,
  CLIENT_SIGN_IN_LOCKED: RATE_LIMITED,
  KEY_UNKNOWN: spelled(404, 'License key not found'),
  KEY_UNUSABLE: UNASKED,
  USER_BANNED: BLACKLISTED_LICENSE,
  LICENSE_BANNED: BLACKLISTED_LICENSE,
  USER_FROZEN: BLACKLISTED_LICENSE,
  LICENSE_SUSPENDED: BLACKLISTED_LICENSE,
  LICENSE_REVOKED: BLACKLISTED_LICENSE,
  SUBSCRIPTION_EXPIRED: spelled(403, 'License has expired'),
  LICENSE_EXPIRED: spelled(403, 'License has expired'),
  HWID_MISMATCH: spelled(403, 'Maximum HWID limit reached'),
  HWID_COOLDOWN: spelled(403, 'HWID cooldown active'),
  PRODUCT_UNKNOWN: spelled(404, 'Product not found'),
  PRODUCT_MISMATCH: spelled(400, 'Invalid product for this license'),
  VERSION_MISMATCH: spelled(400, 'Invalid version'),
  ADDRESS_LIMIT: spelled(403, 'Maximum IP limit reached'),
  FILE_UNKNOWN: UNASKED,
  FILE_LEVEL_TOO_LOW: UNASKED,
  TICKET_INVALID: UNASKED,
  VARIABLE_UNKNOWN: UNASKED,
  VARIABLE_READ_ONLY: UNASKED,
  VARIABLES_FULL: UNASKED,
  REFERRAL_UNKNOWN: UNASKED,
  REFERRAL_USED_UP: UNASKED,
  REFERRAL_REDEEMED: UNASKED,
  REFERRAL_OWN: UNASKED,
};

/** What is said of a request that does not say enough; the same whatever is missing (D-T3). */
export const MISSING_FIELDS =
  'Missing required fields: data.ip, data.hwid, data.product, data.version, or data.licensekey';
export const HWID_REQUIRED = 'HWID is required';
export const INVALID_IP = 'Invalid IP address';

/** Errors of the house that have a sentence of their own here. */
const TEXTS = new Map([
  ['RATE_LIMITED', RATE_LIMITED.message],
  ['APP_NOT_FOUND', 'Product not found'],
  ['LICENSE_NOT_FOUND', 'License key not found'],
]);

export function textOf(code: string, message: string): string {
  return TEXTS.get(code) ?? message;
}

/** Body of every failure: the document's two fields, then ours. */
export interface Failure {
  readonly message: string;
  readonly status_overview: 'failed';
  readonly status_code: number;
  readonly code: string;
  readonly requestId: string;
}

export function failure(status: number, message: string, code: string, requestId: string): Failure {
  return { message, status_overview: 'failed', status_code: status, code, requestId };
}
