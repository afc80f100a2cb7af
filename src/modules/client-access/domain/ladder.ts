/**
 * The ladder: every decision about a client, in one order. A rung looks at the facts it needs and
 * says nothing when they are absent, so the same ladder judges what is known at each stage: first
 * the application, the blacklist and the network, then the credentials, then the licence and the
 * device.
 */

export type RefusalCode =
  | 'APP_PAUSED'
  | 'APP_HASH_MISMATCH'
  | 'IP_BLACKLISTED'
  | 'HWID_BLACKLISTED'
  | 'USERNAME_BLACKLISTED'
  | 'KEY_BLACKLISTED'
  | 'NETWORK_BLOCKED'
  | 'NETWORK_UNKNOWN'
  | 'SESSION_INVALID'
  | 'CLIENT_CREDENTIALS_INVALID'
  | 'KEY_UNKNOWN'
  | 'KEY_UNUSABLE'
  | 'USER_BANNED'
  | 'LICENSE_BANNED'
  | 'USER_FROZEN'
  | 'LICENSE_SUSPENDED'
  | 'LICENSE_REVOKED'
  | 'SUBSCRIPTION_EXPIRED'
  | 'LICENSE_EXPIRED'
  | 'HWID_MISMATCH'
  | 'HWID_COOLDOWN'
  | 'PRODUCT_UNKNOWN'
  | 'PRODUCT_MISMATCH'
  | 'VERSION_MISMATCH'
  | 'ADDRESS_LIMIT';

export type LicenseStatus = 'UNUSED' | 'USED' | 'EXPIRED' | 'BANNED' | 'SUSPENDED' | 'REVOKED';

/** A blacklist entry. */
export interface Listing {
  readonly id: string;
}

export interface ClientFacts {
  /** Database time by which everything here is judged. */
  readonly now: Date;
  readonly app: {
    readonly status: 'ACTIVE' | 'PAUSED';
    readonly hashCheck: boolean;
    readonly hashes: readonly string[];
    readonly hwidLock: boolean;
    readonly hwidResetCooldownHours: number;
  };
  /** Present when the client shows which program it is: at `init`. */
  readonly program?: { readonly hash: string | null };
  /** The blacklist entries that name the client, by what they name it with. */
  readonly blacklisted?: Readonly<Record<'ip' | 'hwid' | 'username' | 'key', Listing | null>>;
  /** Whose network the client comes from; present when the application minds. */
  readonly network?: 'clean' | 'vpn' | 'unknown';
  /** Whether the session token named a live session. */
  readonly sessionLive?: boolean;
  /** Whether name and password were right. */
  readonly passwordRight?: boolean;
  /** The licence key a client presented: to use it, or to register with it. */
  readonly key?: { readonly known: boolean; readonly purpose: 'use' | 'register' };
  readonly user?: { readonly status: 'ACTIVE' | 'BANNED' | 'FROZEN' };
  /** The entitlement; null when the user has none any more. */
  readonly license?: {
    readonly status: LicenseStatus;
    /** Good for every product, from everywhere. */
    readonly staff: boolean;
    /** 0 is no limit, here and of addresses. */
    readonly maxDevices: number;
    readonly maxAddresses: number;
    readonly devicesResetAt: Date | null;
  } | null;
  /** Present when the client names the product it is. */
  readonly product?: {
    readonly known: boolean;
    /** Whether the licence is one of its own. */
    readonly own: boolean;
    readonly versionRight: boolean;
  };
  /** Present when the address matters: where the client runs, and where the licence was used from. */
  readonly address?: { readonly value: string; readonly bound: readonly string[] };
  /** Present when the client runs on a device: at sign-in and registration, not at `check`. */
  readonly device?: {
    readonly hwid: string | null;
    readonly bound: readonly string[];
    readonly former: readonly string[];
  };
}

type Rung = readonly [name: string, judge: (facts: ClientFacts) => RefusalCode | null];

const HOUR_MS = 3_600_000;

/** Whether a device other than the former ones comes too soon after a reset (D-A7). */
function coolingDown({ app, device, license, now }: ClientFacts): boolean {
  const resetAt = license?.devicesResetAt;
  if (!device?.hwid || !resetAt || device.former.length === 0) return false;
  const ends = resetAt.getTime() + app.hwidResetCooldownHours * HOUR_MS;
  return now.getTime() < ends && !device.former.includes(device.hwid);
}

/** A licence without a limit remembers this many devices and addresses, then lets others pass unbound. */
const UNLIMITED_REMEMBERED = 1_000;

/** How many may be bound; 0 is no limit. */
const room = (limit: number) => limit || UNLIMITED_REMEMBERED;

/** Whether a lock by device stands and this device is neither bound nor fits any more (D-A5, D-A6). */
function foreignDevice({ app, device, license }: ClientFacts): boolean {
  if (!app.hwidLock || !device || !license || license.staff) return false;
  const { hwid, bound } = device;
  if (hwid === null) return bound.length > 0;
  const { maxDevices } = license;
  return maxDevices > 0 && !bound.includes(hwid) && bound.length >= maxDevices;
}

/** Whether addresses are limited and this one is neither bound nor fits any more (D-T7). */
function foreignAddress({ address, license }: ClientFacts): boolean {
  if (!address || !license || license.staff || license.maxAddresses === 0) return false;
  return !address.bound.includes(address.value) && address.bound.length >= license.maxAddresses;
}

export const LADDER: readonly Rung[] = [
  ['application is running', ({ app }) => (app.status === 'PAUSED' ? 'APP_PAUSED' : null)],
  [
    'program is one of ours',
    ({ app, program }) =>
      program && app.hashCheck && !(program.hash && app.hashes.includes(program.hash))
        ? 'APP_HASH_MISMATCH'
        : null,
  ],
  ['address is not blacklisted', ({ blacklisted }) => (blacklisted?.ip ? 'IP_BLACKLISTED' : null)],
  [
    'device is not blacklisted',
    ({ blacklisted }) => (blacklisted?.hwid ? 'HWID_BLACKLISTED' : null),
  ],
  [
    'name is not blacklisted',
    ({ blacklisted }) => (blacklisted?.username ? 'USERNAME_BLACKLISTED' : null),
  ],
  ['key is not blacklisted', ({ blacklisted }) => (blacklisted?.key ? 'KEY_BLACKLISTED' : null)],
  [
    'network is allowed',
    // Whoever cannot be judged is not let pass.
    ({ network }) => {
      if (network === undefined || network === 'clean') return null;
      return network === 'vpn' ? 'NETWORK_BLOCKED' : 'NETWORK_UNKNOWN';
    },
  ],
  ['session is live', ({ sessionLive }) => (sessionLive === false ? 'SESSION_INVALID' : null)],
  [
    'password is right',
    ({ passwordRight }) => (passwordRight === false ? 'CLIENT_CREDENTIALS_INVALID' : null),
  ],
  [
    'key is known',
    ({ key }) =>
      !key || key.known ? null : key.purpose === 'register' ? 'KEY_UNUSABLE' : 'KEY_UNKNOWN',
  ],
  ['user is not banned', ({ user }) => (user?.status === 'BANNED' ? 'USER_BANNED' : null)],
  [
    'licence is not banned',
    ({ license }) => (license?.status === 'BANNED' ? 'LICENSE_BANNED' : null),
  ],
  ['user is not frozen', ({ user }) => (user?.status === 'FROZEN' ? 'USER_FROZEN' : null)],
  [
    'licence is not suspended',
    ({ license }) => (license?.status === 'SUSPENDED' ? 'LICENSE_SUSPENDED' : null),
  ],
  [
    'licence is not revoked',
    ({ license }) => (license?.status === 'REVOKED' ? 'LICENSE_REVOKED' : null),
  ],
  [
    'key is not used yet, to register',
    ({ key, license }) =>
      key?.purpose === 'register' && license?.status !== 'UNUSED' ? 'KEY_UNUSABLE' : null,
  ],
  [
    'entitlement has not ended',
    ({ license, user, key }) => {
      if (license === undefined || (license !== null && license.status !== 'EXPIRED')) return null;
      return user && !key ? 'SUBSCRIPTION_EXPIRED' : 'LICENSE_EXPIRED';
    },
  ],
  [
    'product exists',
    ({ product, license }) =>
      product && !product.known && !license?.staff ? 'PRODUCT_UNKNOWN' : null,
  ],
  [
    'licence is for the product',
    ({ product, license }) =>
      product && !product.own && !license?.staff ? 'PRODUCT_MISMATCH' : null,
  ],
  [
    'version is the current one',
    ({ product, license }) =>
      product && !product.versionRight && !license?.staff ? 'VERSION_MISMATCH' : null,
  ],
  ['address is bound or fits', (facts) => (foreignAddress(facts) ? 'ADDRESS_LIMIT' : null)],
  [
    'no cooldown after a device reset',
    (facts) => (facts.app.hwidLock && coolingDown(facts) ? 'HWID_COOLDOWN' : null),
  ],
  ['device is bound or fits', (facts) => (foreignDevice(facts) ? 'HWID_MISMATCH' : null)],
];

/** The refusal of the first rung that objects, or null when all let the client pass. */
export function climb(facts: ClientFacts): RefusalCode | null {
  for (const [, judge] of LADDER) {
    const refusal = judge(facts);
    if (refusal) return refusal;
  }
  return null;
}

/** Whether a granted client's device gets bound: it is new and there is room (D-A5). */
export function bindsDevice({ device, license }: ClientFacts): boolean {
  if (!device?.hwid || !license || license.staff || device.bound.includes(device.hwid))
    return false;
  return device.bound.length < room(license.maxDevices);
}

/** Whether a granted client's address gets bound (D-T7). */
export function bindsAddress({ address, license }: ClientFacts): boolean {
  if (!address || !license || license.staff || address.bound.includes(address.value)) return false;
  return address.bound.length < room(license.maxAddresses);
}
