import { defineErrors, ErrorDefinition } from '../../../kernel';
import type { RefusalCode } from './ladder';

/** Refusals of what a live client asks for, beyond the ladder. */
export type DataRefusal =
  | 'VARIABLE_UNKNOWN'
  | 'VARIABLE_READ_ONLY'
  | 'VARIABLES_FULL'
  | 'REFERRAL_UNKNOWN'
  | 'REFERRAL_USED_UP'
  | 'REFERRAL_REDEEMED'
  | 'REFERRAL_OWN'
  | 'FILE_UNKNOWN'
  | 'FILE_LEVEL_TOO_LOW'
  | 'TICKET_INVALID';

type Words = Pick<ErrorDefinition, 'class' | 'message' | 'help'>;

/** The catalogue's page for each refusal. A wire has its own words; these are the house's. */
const REFUSALS: Record<
  RefusalCode | DataRefusal | 'CLIENT_SIGN_IN_LOCKED' | 'APP_CREDENTIALS_INVALID',
  Words
> = {
  APP_CREDENTIALS_INVALID: {
    class: 'unauthenticated',
    message: 'Invalid appId or apiKey',
    help: 'No application has this id and API key. A regenerated key replaces the old one at once.',
  },
  APP_PAUSED: {
    class: 'forbidden',
    message: 'Application is paused',
    help: 'The seller paused the application; no client is served until it is ACTIVE again.',
  },
  APP_HASH_MISMATCH: {
    class: 'forbidden',
    message: 'Application hash mismatch',
    help: 'The hash check is on and `init` presented none of the accepted hashes.',
  },
  IP_BLACKLISTED: {
    class: 'forbidden',
    message: 'IP address banned',
    help: 'The client address is on the blacklist of the application.',
  },
  HWID_BLACKLISTED: {
    class: 'forbidden',
    message: 'Hardware banned',
    help: 'The HWID is on the blacklist of the application.',
  },
  USERNAME_BLACKLISTED: {
    class: 'forbidden',
    message: 'Username banned',
    help: 'The user name is on the blacklist of the application.',
  },
  KEY_BLACKLISTED: {
    class: 'forbidden',
    message: 'License is banned',
    help: 'The licence key is on the blacklist of the application. Told to a user only when the password was right.',
  },
  NETWORK_BLOCKED: {
    class: 'forbidden',
    message: 'VPN/Proxy connections are not allowed',
    help: 'The application refuses VPNs and proxies, and the client address is on the list of the operator.',
  },
  NETWORK_UNKNOWN: {
    class: 'forbidden',
    message: 'Your network could not be checked',
    help: 'The application refuses VPNs and proxies, and the client address could not be judged: the server has no list, or knows no address. Nobody passes unjudged.',
  },
  SESSION_INVALID: {
    class: 'unauthenticated',
    message: 'Invalid session',
    help: 'The session is unknown, expired or was ended: by logout, a kill, a ban, or a newer session beyond the limit.',
  },
  CLIENT_CREDENTIALS_INVALID: {
    class: 'unauthenticated',
    message: 'Invalid credentials',
    help: 'The user name is unknown or the password is wrong. Which of them is not told.',
  },
  CLIENT_SIGN_IN_LOCKED: {
    class: 'limited',
    message: 'Too many failed attempts, try again later',
    help: 'Too many wrong passwords for this user name, or too many unknown licence keys from this address. Wait for `Retry-After` seconds; the lock ends by itself.',
  },
  KEY_UNKNOWN: {
    class: 'unauthenticated',
    message: 'Invalid license key',
    help: 'The application has no such licence key.',
  },
  KEY_UNUSABLE: {
    class: 'invalid',
    message: 'Invalid or already used license key',
    help: 'A registration needs a key that exists and was never used.',
  },
  USER_BANNED: {
    class: 'forbidden',
    message: 'Account banned',
    help: 'The seller banned the user. Told only when the password was right.',
  },
  LICENSE_BANNED: {
    class: 'forbidden',
    message: 'License is banned',
    help: 'The seller banned the licence.',
  },
  USER_FROZEN: {
    class: 'forbidden',
    message: 'Account is frozen. Contact admin to unfreeze.',
    help: 'The seller froze the user.',
  },
  LICENSE_SUSPENDED: {
    class: 'forbidden',
    message: 'License is suspended',
    help: 'The seller suspended the licence; it can be resumed.',
  },
  LICENSE_REVOKED: {
    class: 'forbidden',
    message: 'License is revoked',
    help: 'The seller revoked the licence for good.',
  },
  SUBSCRIPTION_EXPIRED: {
    class: 'forbidden',
    message: 'Subscription expired',
    help: 'The time of the user has run out, or their licence was deleted.',
  },
  LICENSE_EXPIRED: {
    class: 'forbidden',
    message: 'License has expired',
    help: 'The time of the licence has run out.',
  },
  HWID_MISMATCH: {
    class: 'forbidden',
    message: 'Hardware ID mismatch',
    help: 'The licence is bound to other devices and has no room, or no HWID was sent.',
  },
  HWID_COOLDOWN: {
    class: 'forbidden',
    message: 'HWID cooldown active',
    help: 'The devices were reset a short while ago; until the cooldown ends only the former ones may return.',
  },
  PRODUCT_UNKNOWN: {
    class: 'missing',
    message: 'Product not found',
    help: 'No application of the seller has the name that the client gave as its product.',
  },
  PRODUCT_MISMATCH: {
    class: 'invalid',
    message: 'Invalid product for this license',
    help: 'The licence belongs to another application of the seller, and is no staff licence.',
  },
  VERSION_MISMATCH: {
    class: 'invalid',
    message: 'Invalid version',
    help: 'The client told another version than the application has, and the application enforces it.',
  },
  ADDRESS_LIMIT: {
    class: 'forbidden',
    message: 'Maximum IP limit reached',
    help: 'The licence was used from as many addresses as it may; the seller can reset them or raise the limit.',
  },
  VARIABLE_UNKNOWN: {
    class: 'missing',
    message: 'Variable not found',
    help: '`var`: the application has no variable of that name. `getvar`: the user has set none.',
  },
  VARIABLE_READ_ONLY: {
    class: 'forbidden',
    message: 'Variable is read-only',
    help: 'The seller reserved the name with a read-only variable of the application.',
  },
  VARIABLES_FULL: {
    class: 'forbidden',
    message: 'Variable limit reached',
    help: 'The user has as many variables as one may have; those that exist can be set again.',
  },
  REFERRAL_UNKNOWN: {
    class: 'missing',
    message: 'Referral code not found',
    help: 'The application has no such referral code.',
  },
  REFERRAL_USED_UP: {
    class: 'conflict',
    message: 'Referral code has no uses left',
    help: 'The code was redeemed as often as the seller allows.',
  },
  REFERRAL_REDEEMED: {
    class: 'conflict',
    message: 'Referral code already redeemed',
    help: 'A licence redeems each code once.',
  },
  REFERRAL_OWN: {
    class: 'invalid',
    message: 'You cannot redeem your own code',
    help: 'The code belongs to the user who sent it.',
  },
  FILE_UNKNOWN: {
    class: 'missing',
    message: 'File not found',
    help: 'The application has no file of that id with a content, or no version of that name in the channel that the level of the client allows.',
  },
  FILE_LEVEL_TOO_LOW: {
    class: 'forbidden',
    message: 'Insufficient access level for this file',
    help: 'The level of the licence is below the `minLevel` of the file.',
  },
  TICKET_INVALID: {
    class: 'unauthenticated',
    message: 'The download link is no longer valid',
    help: 'A link is good for one download of one file, within 60 seconds. Ask for another with `type: "file"`.',
  },
};

/** The refusals of the client's life as catalogue entries and as errors. */
export const ClientErrors = defineErrors(
  'client-access',
  Object.fromEntries(
    Object.entries(REFUSALS).map(([code, words]) => [code, { ...words, log: 'info' }]),
  ) as Record<keyof typeof REFUSALS, ErrorDefinition>,
);
