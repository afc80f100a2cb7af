/** A field of an event's `data`, as OpenAPI describes it. */
export interface EventField {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly format?: 'uuid' | 'date-time';
  readonly nullable?: true;
  readonly description?: string;
  readonly example: string | number | boolean | null;
}

export type EventSeverity = 'info' | 'warning' | 'critical';

export interface EventDefinition {
  readonly severity: EventSeverity;
  /** When it is sent, in one sentence. */
  readonly trigger: string;
  /** What it says to people, such as in a chat. */
  readonly title: string;
  readonly data: Readonly<Record<string, EventField>>;
}

const ID = '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c';
const id = (description: string): EventField => ({
  type: 'string',
  format: 'uuid',
  description,
  example: ID,
});
const maybe = (field: EventField): EventField => ({ ...field, nullable: true });
const text = (example: string, description?: string): EventField => ({
  type: 'string',
  example,
  ...(description ? { description } : {}),
});
const count = (example: number, description?: string): EventField => ({
  type: 'integer',
  example,
  ...(description ? { description } : {}),
});

const appId: EventField = {
  type: 'string',
  format: 'uuid',
  description: 'Application',
  example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
};
const userId = maybe(id('User; null for a key without one'));
const username = maybe(text('player1', 'Null for a key without a user'));
const country = maybe(
  text('US', 'ISO 3166 code of the country of the address; null when it is not known'),
);
const ip = maybe(text('203.0.113.7', 'Address of the client'));
const hwid = maybe(text('HWID-A1B2C3D4', 'Device of the client'));
const licenseId = id('Licence');
const licenseKey = text('VIP-A8F2-K9D3-M3B7');
const license = {
  licenseId,
  licenseKey,
  level: count(1),
  expiresAt: maybe({
    type: 'string',
    format: 'date-time',
    description: 'Null is for ever',
    example: '2026-12-31T23:59:59.000Z',
  }),
  hwid,
  ip,
  appId,
};
const file = {
  fileId: text('abc123'),
  name: text('loader.exe'),
  size: count(1_048_576, 'Bytes'),
};

/**
 * Every event that subscribers may hear of, with what it carries: the eight of the documents
 * [seed 000, 001] and those of this server. A new event is a new entry here; the contract, the
 * choice of subscribers and the type of `Outbox.emit` follow.
 */
export const EVENTS = {
  'user.login': {
    severity: 'info',
    trigger: 'A user signed in with name and password.',
    title: 'User signed in',
    data: {
      userId: id('User'),
      username: text('player1'),
      ip,
      hwid,
      appId,
      country,
    },
  },
  'user.register': {
    severity: 'info',
    trigger: 'A user registered with a licence key.',
    title: 'User registered',
    data: { userId: id('User'), username: text('player1'), licenseKey, ip, hwid, appId, country },
  },
  'user.ban': {
    severity: 'warning',
    trigger: 'A user was banned by the seller.',
    title: 'User banned',
    data: {
      userId: id('User'),
      username: text('player1'),
      reason: maybe(text('Terms violation')),
      ip,
      appId,
    },
  },
  'user.auto_banned': {
    severity: 'warning',
    trigger: 'A user reached the number of warnings that bans.',
    title: 'User banned after warnings',
    data: {
      userId: id('User'),
      username: text('player1'),
      warnings: count(3),
      threshold: count(3),
      appId,
    },
  },
  'license.activate': {
    severity: 'info',
    trigger: 'A licence was used for the first time.',
    title: 'Licence activated',
    data: license,
  },
  'license.expire': {
    severity: 'info',
    trigger: 'A licence was found expired at its next use.',
    title: 'Licence expired',
    data: license,
  },
  'license.delete': {
    severity: 'warning',
    trigger: 'A licence was deleted by the seller.',
    title: 'Licence deleted',
    data: license,
  },
  'license.device_limit': {
    severity: 'warning',
    trigger: 'A client was refused because the licence is bound to as many devices as it may be.',
    title: 'Device limit hit',
    data: {
      licenseId,
      userId,
      username,
      maxDevices: count(1),
      hwid: maybe(text('HWID-B2C3D4E5', 'Device that was refused')),
      ip,
      appId,
    },
  },
  'license.shared_suspected': {
    severity: 'warning',
    trigger:
      'A licence signed in from more addresses within a day than one customer has; at most once a day for a licence.',
    title: 'Licence sharing suspected',
    data: { licenseId, userId, username, addresses: count(6), appId },
  },
  'license.guessing_suspected': {
    severity: 'critical',
    trigger: 'More unknown keys were tried within an hour than customers mistype.',
    title: 'Key guessing suspected',
    data: { appId, failures: count(1_000), windowSeconds: count(3_600) },
  },
  'session.create': {
    severity: 'info',
    trigger: 'A session was opened, after whatever kind of sign-in.',
    title: 'Session opened',
    data: { sessionId: id('Session'), licenseId, userId, username, ip, hwid, appId, country },
  },
  'file.download': {
    severity: 'info',
    trigger: 'A client downloaded a file.',
    title: 'File downloaded',
    data: {
      ...file,
      userId,
      username,
      licenseId,
      sessionId: id('Session'),
      ip,
      appId,
      version: maybe(text('1.2.0')),
      channel: maybe(text('stable')),
    },
  },
  'file.published': {
    severity: 'info',
    trigger: 'A new version of a file was published.',
    title: 'File published',
    data: {
      ...file,
      version: maybe(text('1.2.0')),
      channel: maybe(text('stable')),
      minLevel: count(0),
      appId,
    },
  },
  'auth.lockout': {
    severity: 'warning',
    trigger: 'An account was locked for a while after too many wrong passwords.',
    title: 'Account locked',
    data: {
      account: text('user', '`user` or `reseller`'),
      username: text('player1', 'As it was tried; the account need not exist'),
      ip,
      lockedSeconds: count(900),
      appId,
    },
  },
  'reseller.low_balance': {
    severity: 'warning',
    trigger: 'A purchase took the balance of a reseller to ten credits or fewer.',
    title: 'Reseller low on credits',
    data: {
      resellerId: id('Reseller'),
      username: text('acme'),
      balance: count(8, 'Credits'),
      threshold: count(10, 'Credits'),
      appId,
    },
  },
  'webhook.disabled': {
    severity: 'critical',
    trigger:
      'An endpoint was switched off: it failed for five days, answered 410, or answered no test ping.',
    title: 'Webhook switched off',
    data: {
      webhookId: id('Webhook'),
      url: text('https://example.com/…', 'What follows the origin is left out'),
      reason: text('failing', '`failing`, `gone` or `unverified`'),
      appId,
    },
  },
} as const satisfies Readonly<Record<string, EventDefinition>>;

/** The name of an event. */
export type EventType = keyof typeof EVENTS;

export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

/** What an event is; null for one of a version that knew more. */
export function eventDefinition(type: string): EventDefinition | null {
  return (EVENTS as Readonly<Record<string, EventDefinition>>)[type] ?? null;
}
