import { refused, Refused } from '../../../kernel';
import { ClientFacts, LADDER, RefusalCode } from './ladder';

/** A refusal with what mattered for it: the rung that objected, and the facts it looked at. */
export function refusedBy<C extends RefusalCode>(code: C, facts: ClientFacts): Refused<C> {
  return refused(code, { rung: rungOf(code, facts), ...MATTERED[code](facts) });
}

/** The rung that spells this code, of these facts. */
function rungOf(code: RefusalCode, facts: ClientFacts): string | null {
  return LADDER.find(([, judge]) => judge(facts) === code)?.[0] ?? null;
}

type Mattered = (facts: ClientFacts) => Readonly<Record<string, unknown>>;

const nothing: Mattered = () => ({});
const listed =
  (by: 'ip' | 'hwid' | 'username' | 'key'): Mattered =>
  ({ blacklisted }) => ({ blacklistEntry: blacklisted?.[by]?.id ?? null });
const licence: Mattered = ({ license }) => ({ licenseStatus: license?.status ?? null });
const user: Mattered = (facts) => ({ userStatus: facts.user?.status ?? null });
const product: Mattered = (facts) => ({ ...facts.product });

/** What the seller wants to know of each refusal; never a secret, never what somebody else owns. */
const MATTERED: Readonly<Record<RefusalCode, Mattered>> = {
  APP_PAUSED: ({ app }) => ({ appStatus: app.status }),
  APP_HASH_MISMATCH: ({ app, program }) => ({
    accepted: app.hashes.length,
    presented: program?.hash ?? null,
  }),
  IP_BLACKLISTED: listed('ip'),
  HWID_BLACKLISTED: listed('hwid'),
  USERNAME_BLACKLISTED: listed('username'),
  KEY_BLACKLISTED: listed('key'),
  NETWORK_BLOCKED: ({ network }) => ({ network }),
  NETWORK_UNKNOWN: ({ network }) => ({ network }),
  SESSION_INVALID: nothing,
  CLIENT_CREDENTIALS_INVALID: nothing,
  KEY_UNKNOWN: nothing,
  KEY_UNUSABLE: ({ key, license }) => ({
    keyKnown: key?.known ?? false,
    licenseStatus: license?.status ?? null,
  }),
  USER_BANNED: user,
  LICENSE_BANNED: licence,
  USER_FROZEN: user,
  LICENSE_SUSPENDED: licence,
  LICENSE_REVOKED: licence,
  SUBSCRIPTION_EXPIRED: licence,
  LICENSE_EXPIRED: licence,
  HWID_MISMATCH: ({ license, device }) => ({
    maxDevices: license?.maxDevices ?? null,
    boundDevices: device?.bound.length ?? 0,
    presentedDevice: device?.hwid !== null,
  }),
  HWID_COOLDOWN: ({ app, license }) => ({
    devicesResetAt: license?.devicesResetAt ?? null,
    cooldownHours: app.hwidResetCooldownHours,
  }),
  PRODUCT_UNKNOWN: product,
  PRODUCT_MISMATCH: product,
  VERSION_MISMATCH: product,
  ADDRESS_LIMIT: ({ license, address }) => ({
    maxAddresses: license?.maxAddresses ?? null,
    boundAddresses: address?.bound.length ?? 0,
  }),
};
