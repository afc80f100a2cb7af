import { bindsAddress, bindsDevice, climb, ClientFacts, LADDER, RefusalCode } from './ladder';

const now = new Date('2026-01-01T00:00:00.000Z');
const app = {
  status: 'ACTIVE',
  hashCheck: true,
  hashes: ['abc'],
  hwidLock: true,
  hwidResetCooldownHours: 24,
} as const;
const entry = { id: 'entry' };
/** What most licences are. */
const license = {
  status: 'USED',
  staff: false,
  maxDevices: 1,
  maxAddresses: 0,
  devicesResetAt: null,
} as const;
const tight = { ...license, maxAddresses: 1 };

/** Facts that object on every rung at once; each test mends those above the rung it looks at. */
const hopeless = {
  now,
  app: { ...app, status: 'PAUSED' },
  program: { hash: 'xyz' },
  blacklisted: { ip: entry, hwid: entry, username: entry, key: entry },
  network: 'vpn',
  sessionLive: false,
  passwordRight: false,
  key: { known: false, purpose: 'use' },
  user: { status: 'BANNED' },
  license: { ...license, status: 'BANNED' },
  product: { known: false, own: false, versionRight: false },
  address: { value: '2.2.2.2', bound: ['1.1.1.1'] },
  device: { hwid: 'B', bound: ['A'], former: ['A'] },
} as const satisfies ClientFacts;

const mends: [rung: string, code: RefusalCode, mend: (facts: ClientFacts) => ClientFacts][] = [
  ['application is running', 'APP_PAUSED', (f) => ({ ...f, app })],
  ['program is one of ours', 'APP_HASH_MISMATCH', (f) => ({ ...f, program: { hash: 'abc' } })],
  [
    'address is not blacklisted',
    'IP_BLACKLISTED',
    (f) => ({ ...f, blacklisted: { ip: null, hwid: entry, username: entry, key: entry } }),
  ],
  [
    'device is not blacklisted',
    'HWID_BLACKLISTED',
    (f) => ({ ...f, blacklisted: { ip: null, hwid: null, username: entry, key: entry } }),
  ],
  [
    'name is not blacklisted',
    'USERNAME_BLACKLISTED',
    (f) => ({ ...f, blacklisted: { ip: null, hwid: null, username: null, key: entry } }),
  ],
  ['key is not blacklisted', 'KEY_BLACKLISTED', (f) => ({ ...f, blacklisted: undefined })],
  ['network is allowed', 'NETWORK_BLOCKED', (f) => ({ ...f, network: 'clean' })],
  ['session is live', 'SESSION_INVALID', (f) => ({ ...f, sessionLive: true })],
  ['password is right', 'CLIENT_CREDENTIALS_INVALID', (f) => ({ ...f, passwordRight: true })],
  ['key is known', 'KEY_UNKNOWN', (f) => ({ ...f, key: { known: true, purpose: 'register' } })],
  ['user is not banned', 'USER_BANNED', (f) => ({ ...f, user: { status: 'FROZEN' } })],
  [
    'licence is not banned',
    'LICENSE_BANNED',
    (f) => ({ ...f, license: { ...license, status: 'SUSPENDED' } }),
  ],
  ['user is not frozen', 'USER_FROZEN', (f) => ({ ...f, user: { status: 'ACTIVE' } })],
  [
    'licence is not suspended',
    'LICENSE_SUSPENDED',
    (f) => ({ ...f, license: { ...license, status: 'REVOKED' } }),
  ],
  [
    'licence is not revoked',
    'LICENSE_REVOKED',
    (f) => ({ ...f, license: { ...license, status: 'EXPIRED' } }),
  ],
  [
    'key is not used yet, to register',
    'KEY_UNUSABLE',
    (f) => ({ ...f, key: { known: true, purpose: 'use' } }),
  ],
  [
    'entitlement has not ended',
    'LICENSE_EXPIRED',
    (f) => ({ ...f, license: { ...tight, devicesResetAt: now } }),
  ],
  [
    'product exists',
    'PRODUCT_UNKNOWN',
    (f) => ({ ...f, product: { known: true, own: false, versionRight: false } }),
  ],
  [
    'licence is for the product',
    'PRODUCT_MISMATCH',
    (f) => ({ ...f, product: { known: true, own: true, versionRight: false } }),
  ],
  [
    'version is the current one',
    'VERSION_MISMATCH',
    (f) => ({ ...f, product: { known: true, own: true, versionRight: true } }),
  ],
  [
    'address is bound or fits',
    'ADDRESS_LIMIT',
    (f) => ({ ...f, address: { value: '1.1.1.1', bound: ['1.1.1.1'] } }),
  ],
  ['no cooldown after a device reset', 'HWID_COOLDOWN', (f) => ({ ...f, license: tight })],
  [
    'device is bound or fits',
    'HWID_MISMATCH',
    (f) => ({ ...f, device: { hwid: 'A', bound: ['A'], former: [] } }),
  ],
];

describe('the ladder', () => {
  test('has these rungs, in this order', () => {
    expect(LADDER.map(([name]) => name)).toEqual(mends.map(([rung]) => rung));
  });

  test('refuses by the first rung that objects, and lets pass what none objects to', () => {
    let facts: ClientFacts = hopeless;
    for (const [, code, mend] of mends) {
      expect(climb(facts)).toBe(code);
      facts = mend(facts);
    }
    expect(climb(facts)).toBeNull();
  });

  test('says nothing about facts it has not got', () => {
    expect(climb({ now, app })).toBeNull();
  });

  test('a network that nobody can judge is refused like a foreign one', () => {
    expect(climb({ now, app, network: 'unknown' })).toBe('NETWORK_UNKNOWN');
  });

  test('a key that is unknown is unusable to register with', () => {
    expect(climb({ now, app, key: { known: false, purpose: 'register' } })).toBe('KEY_UNUSABLE');
  });

  test('an ended entitlement has the name of what was presented', () => {
    expect(climb({ now, app, license: null, user: { status: 'ACTIVE' } })).toBe(
      'SUBSCRIPTION_EXPIRED',
    );
    const expired = { ...license, status: 'EXPIRED' } as const;
    const user = { status: 'ACTIVE' } as const;
    const key = { known: true, purpose: 'use' } as const;
    expect(climb({ now, app, license: expired, user })).toBe('SUBSCRIPTION_EXPIRED');
    expect(climb({ now, app, license: expired })).toBe('LICENSE_EXPIRED');
    expect(climb({ now, app, license: expired, user, key })).toBe('LICENSE_EXPIRED');
  });
});

type Device = NonNullable<ClientFacts['device']>;
const deviceTable: [
  name: string,
  hwidLock: boolean,
  maxDevices: number,
  device: Device,
  refusal: RefusalCode | null,
  binds: boolean,
][] = [
  ['first device binds', true, 1, { hwid: 'A', bound: [], former: [] }, null, true],
  ['the bound device passes', true, 1, { hwid: 'A', bound: ['A'], former: [] }, null, false],
  ['another is refused', true, 1, { hwid: 'B', bound: ['A'], former: [] }, 'HWID_MISMATCH', false],
  [
    'another fits while there is room',
    true,
    2,
    { hwid: 'B', bound: ['A'], former: [] },
    null,
    true,
  ],
  ['none, nothing bound', true, 1, { hwid: null, bound: [], former: [] }, null, false],
  ['none, one bound', true, 1, { hwid: null, bound: ['A'], former: [] }, 'HWID_MISMATCH', false],
  ['lock off: none passes', false, 1, { hwid: null, bound: ['A'], former: [] }, null, false],
  [
    'lock off: another passes unbound',
    false,
    1,
    { hwid: 'B', bound: ['A'], former: [] },
    null,
    false,
  ],
];

describe('devices (D-A5, D-A6)', () => {
  test.each(deviceTable)('%s', (_, hwidLock, maxDevices, device, refusal, binds) => {
    const facts = { now, app: { ...app, hwidLock }, license: { ...license, maxDevices }, device };
    expect(climb(facts)).toBe(refusal);
    expect(refusal === null && bindsDevice(facts)).toBe(binds);
  });

  test.each([
    ['another device within the window', 'B', 24 * 3_600 - 1, 'HWID_COOLDOWN'],
    ['the former device within the window', 'A', 1, null],
    ['another device when the window ends', 'B', 24 * 3_600, null],
  ])('after a reset: %s (D-A7)', (_, hwid, secondsAgo, refusal) => {
    const devicesResetAt = new Date(now.getTime() - secondsAgo * 1_000);
    const device = { hwid, bound: [], former: ['A'] };
    expect(climb({ now, app, license: { ...license, devicesResetAt }, device })).toBe(refusal);
  });
});

describe('limits that do not stand', () => {
  const product = { known: false, own: false, versionRight: false };
  const address = { value: '2.2.2.2', bound: ['1.1.1.1'] };
  const device = { hwid: 'B', bound: ['A'], former: [] };

  test('a staff licence is good for any product from everywhere, and binds nothing (D-T7)', () => {
    const staff = { ...tight, staff: true };
    const facts = { now, app, license: staff, product, address, device };
    expect(climb(facts)).toBeNull();
    expect([bindsDevice(facts), bindsAddress(facts)]).toEqual([false, false]);
    expect(climb({ ...facts, license: { ...staff, status: 'BANNED' } })).toBe('LICENSE_BANNED');
  });

  test('0 is no limit; what was met is remembered all the same', () => {
    const facts = { now, app, license: { ...license, maxDevices: 0 }, address, device };
    expect(climb(facts)).toBeNull();
    expect([bindsDevice(facts), bindsAddress(facts)]).toEqual([true, true]);
  });

  test('a new address binds while there is room, a bound one not again', () => {
    const roomy = { ...license, maxAddresses: 2 };
    expect(bindsAddress({ now, app, license: roomy, address })).toBe(true);
    const known = { value: '1.1.1.1', bound: ['1.1.1.1'] };
    expect(bindsAddress({ now, app, license: roomy, address: known })).toBe(false);
  });
});
