import { addSeconds, DURATION_TYPES, durationSeconds, textProblem } from '../../../kernel';
import { Fields, RawRecord, said } from './fields';
import { Judged, judged } from './judged';

export const LEVEL_MAX = 1_000_000;
export const DEVICES_MAX = 1_000;
/** Seconds that fit the column: 68 years. */
export const DURATION_MAX = 2_147_483_647;
const KEY_MAX = 128;
const ADDRESS_RULE = { max: 262 };
export const NOTE_RULE = { max: 500, multiline: true };
export const SUBSCRIPTION_RULE = { max: 64 };

const HOLDS = ['BANNED', 'SUSPENDED', 'REVOKED'] as const;

export interface DeviceRow {
  readonly hwid: string;
  readonly boundAt?: string;
}

/** A licence that a file describes; what is absent it does not say. */
export interface LicenseRow {
  readonly key: string;
  readonly hold?: (typeof HOLDS)[number] | null;
  readonly activatedAt?: string | null;
  readonly expiresAt?: string | null;
  readonly durationSeconds?: number | null;
  readonly level?: number;
  readonly maxDevices?: number;
  readonly prefix?: string | null;
  readonly note?: string | null;
  readonly subscription?: string | null;
  readonly devicesResetAt?: string | null;
  readonly createdAt?: string;
  readonly devices?: readonly DeviceRow[];
  readonly staff?: boolean;
  readonly maxAddresses?: number;
  readonly discordId?: string | null;
  readonly discordUsername?: string | null;
  readonly discordDiscriminator?: string | null;
  readonly addresses?: readonly string[];
}

/** The columns of a file of licences, in the order in which they are written. */
export const LICENSE_FIELDS = [
  'key',
  'hold',
  'activatedAt',
  'expiresAt',
  'durationSeconds',
  'level',
  'maxDevices',
  'prefix',
  'note',
  'subscription',
  'devicesResetAt',
  'createdAt',
  'devices',
  'staff',
  'maxAddresses',
  'discordId',
  'discordUsername',
  'discordDiscriminator',
  'addresses',
] as const;

const KNOWN = [...LICENSE_FIELDS, 'durationType'];

/** The one spelling of an address (`host`, `host:port`, IPv6), or null for what is none. */
export type AddressForm = (text: string) => string | null;

/** Reads a licence of our own format. */
export function licenseRow(record: RawRecord, addressForm: AddressForm): Judged<LicenseRow> {
  const fields = new Fields(record);
  fields.refuseOthers(KNOWN);
  const duration = durationOf(fields);
  const activatedAt = fields.instant('activatedAt');
  const expiresAt = fields.instant('expiresAt');
  const row = said({
    key: keyOf(fields, 'key'),
    hold: fields.oneOf('hold', HOLDS),
    activatedAt,
    // Said to be in use and not until when: as long as it lasts.
    expiresAt: expiresAt === undefined && activatedAt ? ending(activatedAt, duration) : expiresAt,
    durationSeconds: duration,
    level: fields.int('level', 0, LEVEL_MAX) ?? undefined,
    maxDevices: fields.int('maxDevices', 0, DEVICES_MAX) ?? undefined,
    prefix: fields.text('prefix', {
      max: 16,
      pattern: /^[A-Za-z0-9_-]{1,16}$/,
      patternHelp: '1 to 16 letters, digits, underscores or hyphens',
    }),
    note: fields.text('note', NOTE_RULE),
    subscription: fields.text('subscription', SUBSCRIPTION_RULE),
    devicesResetAt: fields.instant('devicesResetAt'),
    createdAt: fields.beginning('createdAt') ?? undefined,
    devices: devicesOf(fields, 'devices'),
    staff: fields.bool('staff') ?? undefined,
    maxAddresses: fields.int('maxAddresses', 0, DEVICES_MAX) ?? undefined,
    discordId: fields.text('discordId', { max: 20, pattern: /^\d{15,20}$/ }),
    discordUsername: fields.text('discordUsername', { max: 32 }),
    discordDiscriminator: fields.text('discordDiscriminator', { max: 4, pattern: /^\d{4}$/ }),
    addresses: addressesOf(fields, 'addresses', addressForm),
  });
  return judged(fields, row as LicenseRow);
}

/** A licence key: kept as text, found trimmed and in upper case. */
export function keyOf(fields: Fields, field: string): string | undefined {
  const key = fields.text(field, { max: KEY_MAX });
  if (typeof key === 'string') {
    const found = key.trim().toUpperCase();
    if (found !== '' && found.length <= KEY_MAX) return key;
    fields.refuse(field, `must be a string of 1 to ${KEY_MAX} characters`);
  } else if (!fields.problems.some((problem) => problem.field === field)) {
    fields.refuse(field, 'is missing');
  }
  return undefined;
}

/** Bound devices: HWIDs, or objects with `hwid` and `boundAt`; in CSV as JSON, or one HWID. */
export function devicesOf(fields: Fields, field: string): DeviceRow[] | undefined {
  const value = fields.value(field);
  if (value === undefined || value === null) return undefined;
  const list = typeof value === 'string' ? parsedList(value) : value;
  if (!Array.isArray(list) || list.length > DEVICES_MAX) {
    fields.refuse(field, `must be a list of at most ${DEVICES_MAX} devices`);
    return undefined;
  }
  const devices = list.map((entry) => deviceOf(entry));
  const bad = devices.find((device): device is string => typeof device === 'string');
  if (bad !== undefined) return void fields.refuse(field, bad);
  const good = devices as DeviceRow[];
  if (new Set(good.map(({ hwid }) => hwid)).size < good.length) {
    return void fields.refuse(field, 'names one HWID twice');
  }
  return good;
}

/** Addresses it was used from; in CSV as JSON, or one address. */
function addressesOf(fields: Fields, field: string, form: AddressForm): string[] | undefined {
  const value = fields.value(field);
  if (value === undefined || value === null) return undefined;
  const list = typeof value === 'string' ? parsedList(value) : value;
  if (Array.isArray(list) && list.length <= DEVICES_MAX) {
    const forms = list.map((entry) =>
      textProblem(entry, ADDRESS_RULE) === null ? form((entry as string).trim()) : null,
    );
    const good = forms.filter((address) => address !== null);
    if (new Set(good).size === list.length) return good;
  }
  return void fields.refuse(
    field,
    `must be a list of at most ${DEVICES_MAX} addresses (host, host:port or IPv6), each once`,
  );
}

/** The device, or what is wrong with it. */
function deviceOf(entry: unknown): DeviceRow | string {
  const record = typeof entry === 'string' ? { hwid: entry } : entry;
  if (typeof record !== 'object' || record === null) return 'must hold HWIDs';
  const fields = new Fields(record as RawRecord);
  fields.refuseOthers(['hwid', 'boundAt']);
  const hwid = fields.hwid('hwid');
  const boundAt = fields.beginning('boundAt') ?? undefined;
  const [problem] = fields.problems;
  if (problem) return `${problem.field} ${problem.message}`;
  return typeof hwid === 'string' ? said({ hwid, boundAt }) : 'hwid is missing';
}

function parsedList(text: string): unknown {
  if (!text.startsWith('[')) return [text];
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function durationOf(fields: Fields): number | null | undefined {
  const named = fields.oneOf('durationType', DURATION_TYPES);
  const seconds = fields.int('durationSeconds', 1, DURATION_MAX);
  if (named && fields.has('durationSeconds')) {
    fields.refuse('durationType', 'goes without durationSeconds');
  }
  if (named) return durationSeconds(named);
  if (!fields.has('durationSeconds') && !fields.has('durationType')) {
    fields.refuse('durationSeconds', 'is missing; null (in CSV: empty) is for ever');
  }
  return seconds;
}

function ending(activatedAt: string, duration: number | null | undefined): string | null {
  return addSeconds(new Date(activatedAt), duration ?? null)?.toISOString() ?? null;
}
