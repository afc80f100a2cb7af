import { nameKey } from '../../../kernel';
import { Fields, RawRecord, said } from './fields';
import { Judged, judged } from './judged';
import {
  DeviceRow,
  DEVICES_MAX,
  devicesOf,
  keyOf,
  LEVEL_MAX,
  NOTE_RULE,
  SUBSCRIPTION_RULE,
} from './license-row';

const USER_STATUSES = ['ACTIVE', 'BANNED', 'FROZEN'] as const;

/** The licence to be issued behind a user who has no key. */
export interface IssueRow {
  readonly level?: number;
  /** Null is for ever. */
  readonly expiresAt?: string | null;
  readonly maxDevices?: number;
  readonly subscription?: string | null;
  readonly devices?: readonly DeviceRow[];
}

/** A user that a file describes; what is absent it does not say. */
export interface UserRow {
  readonly username: string;
  readonly passwordHash?: string | null;
  readonly status?: (typeof USER_STATUSES)[number];
  readonly banReason?: string | null;
  readonly note?: string | null;
  readonly licenseKey?: string | null;
  readonly lastLoginAt?: string | null;
  readonly lastIp?: string | null;
  readonly lastHwid?: string | null;
  readonly emailSha1?: string | null;
  readonly createdAt?: string;
}

export interface UserWithIssue {
  readonly user: UserRow;
  readonly issue: IssueRow | null;
}

/** The columns of a file of users, in the order in which they are written. */
export const USER_FIELDS = [
  'username',
  'passwordHash',
  'status',
  'banReason',
  'note',
  'licenseKey',
  'lastLoginAt',
  'lastIp',
  'lastHwid',
  'emailSha1',
  'createdAt',
] as const;

/** What a user without `licenseKey` may say of the licence to be issued. */
const ISSUE_FIELDS = ['level', 'expiresAt', 'maxDevices', 'subscription', 'devices'] as const;
const KNOWN = [...USER_FIELDS, ...ISSUE_FIELDS, 'hwid'];

/** Whether a text is a password hash that can be stored. */
export type HashRule = (text: string) => boolean;

/** Reads a user of our own format. */
export function userRow(record: RawRecord, isHash: HashRule): Judged<UserWithIssue> {
  const fields = new Fields(record);
  fields.refuseOthers(KNOWN);
  const user = said({
    username: usernameOf(fields),
    passwordHash: hashOf(fields, 'passwordHash', isHash),
    status: fields.oneOf('status', USER_STATUSES) ?? undefined,
    banReason: fields.text('banReason', NOTE_RULE),
    note: fields.text('note', NOTE_RULE),
    licenseKey: fields.value('licenseKey') === null ? null : optionalKey(fields),
    lastLoginAt: fields.instant('lastLoginAt'),
    lastIp: fields.text('lastIp', { max: 64 }),
    lastHwid: fields.hwid('lastHwid'),
    emailSha1: sha1Of(fields, 'emailSha1'),
    createdAt: fields.beginning('createdAt') ?? undefined,
  });
  const issue = issueOf(fields);
  return judged(fields, { user: user, issue });
}

export function usernameOf(fields: Fields): string | undefined {
  const name = fields.text('username', { max: 64 });
  if (typeof name === 'string' && nameKey(name) === '') {
    fields.refuse('username', 'must hold a visible character');
  }
  if (name === null || (name === undefined && !fields.has('username'))) {
    fields.refuse('username', 'is missing');
  }
  return name ?? undefined;
}

export function hashOf(fields: Fields, field: string, isHash: HashRule): string | null | undefined {
  const hash = fields.value(field);
  if (hash === undefined || hash === null) return hash;
  if (typeof hash === 'string' && hash.length <= 128 && isHash(hash)) return hash;
  fields.refuse(
    field,
    'must be a bcrypt hash ($2a$, $2b$ or $2y$, cost 4 to 12) or one of an export',
  );
  return undefined;
}

export function sha1Of(fields: Fields, field: string): string | null | undefined {
  return fields
    .text(field, { max: 40, pattern: /^[0-9a-fA-F]{40}$/, patternHelp: '40 hex digits' })
    ?.toLowerCase();
}

function optionalKey(fields: Fields): string | undefined {
  return fields.has('licenseKey') ? keyOf(fields, 'licenseKey') : undefined;
}

/** The licence to issue: none beside a key, nor for a user who is said to have none. */
function issueOf(fields: Fields): IssueRow | null {
  const given = [...ISSUE_FIELDS, 'hwid'].filter((field) => (fields.value(field) ?? null) !== null);
  const key = fields.value('licenseKey');
  if (typeof key === 'string') {
    for (const field of given) fields.refuse(field, "goes without licenseKey: it is the licence's");
    return null;
  }
  if (key === null && given.length === 0) return null;
  const hwid = fields.hwid('hwid');
  return said({
    level: fields.int('level', 0, LEVEL_MAX) ?? undefined,
    expiresAt: fields.instant('expiresAt'),
    maxDevices: fields.int('maxDevices', 1, DEVICES_MAX) ?? undefined,
    subscription: fields.text('subscription', SUBSCRIPTION_RULE),
    devices: devicesOf(fields, 'devices') ?? (hwid ? [{ hwid }] : undefined),
  });
}
