import type { Answer } from '../support/http';

type Problem = string;

/**
 * Holds an answer against a sample of the document: every documented key is there, of the
 * documented type, in the documented order. Keys of ours stand only where `extra` lists them, so
 * that nothing slips out unseen. Paths read like `data[].id`.
 */
export function expectSample(
  answer: Answer,
  status: number,
  sample: object,
  extra: readonly string[] = [],
): void {
  const problems = compare(answer.body, sample, '', new Set(extra));
  expect({ status: answer.status, problems, body: problems.length > 0 ? answer.text : '' }).toEqual(
    { status, problems: [], body: '' },
  );
}

/** The documented error shape, with the machine code and request id that we add (D-A1). */
export function expectError(answer: Answer, status: number, message: string, code: string): void {
  expectSample(answer, status, { success: false, message: '' }, ['code', 'requestId', 'errors']);
  expect(answer.body).toMatchObject({ success: false, message, code });
}

/** Keys under which this server sends more about an application than the document does. */
export const APP_EXTRAS = [
  'updateUrl',
  'hwidLock',
  'hashCheck',
  'hashes',
  'hwidResetCooldownHours',
  'sessionTtlSeconds',
  'keyFormat',
  'vpnBlock',
  'sharingThreshold',
  'enforceVersion',
  'fileResponseMode',
  'createdAt',
];

/** The same for a licence: the first seven are the public documentation's [doc]. */
export const LICENSE_EXTRAS = [
  'appId',
  'level',
  'maxDevices',
  'prefix',
  'note',
  'createdAt',
  'subscription',
  'activatedAt',
  'expiresAt',
  'resellerId',
  'staff',
  'maxAddresses',
  'discordId',
  'discordUsername',
  'discordDiscriminator',
];

export function under(parent: string, keys: readonly string[]): string[] {
  return keys.map((key) => `${parent}.${key}`);
}

function compare(
  actual: unknown,
  sample: unknown,
  path: string,
  extra: ReadonlySet<string>,
): Problem[] {
  if (Array.isArray(sample)) {
    if (!Array.isArray(actual)) return [`${path} is not a list`];
    return actual.flatMap((item) => compare(item, sample[0], `${path}[]`, extra));
  }
  if (!isObject(sample)) return sameType(actual, sample) ? [] : [`${path} is ${typeOf(actual)}`];
  if (!isObject(actual)) return [`${path || 'body'} is ${typeOf(actual)}`];
  const documented = Object.keys(sample);
  const found = Object.keys(actual).filter((key) => key in sample);
  const order = found.join() === documented.join() ? [] : [`${path}: ${found.join()}`];
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const unlisted = Object.keys(actual).filter((key) => !(key in sample) && !extra.has(at(key)));
  return [
    ...order,
    ...unlisted.map((key) => `${at(key)} is not documented`),
    ...found.flatMap((key) => compare(actual[key], sample[key], at(key), extra)),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameType(actual: unknown, sample: unknown): boolean {
  return typeOf(actual) === typeOf(sample);
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

/** An ISO-8601 UTC instant, as the samples show them. */
export const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;

/** The UUID of the row that a public id such as `usr_…` names. */
export function uuidOf(publicId: string): string {
  const hex = publicId.split('_')[1]!;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
