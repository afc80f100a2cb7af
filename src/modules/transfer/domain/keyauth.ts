import { DAY_SECONDS } from '../../../kernel';
import { Fields, RawRecord, said } from './fields';
import { Judged, judged } from './judged';
import { DURATION_MAX, keyOf, LEVEL_MAX, LicenseRow, SUBSCRIPTION_RULE } from './license-row';
import { HashRule, hashOf, sha1Of, usernameOf, UserRow, UserWithIssue } from './user-row';

/*
 * KeyAuth's two export files, as they are. `KeyAuthKeys.json` is a list of {key, level, expiry}, the expiry
 * in days from first use. `KeyAuthUsers.json` is {users: [{username, email, password, hwid, banned, ip}],
 * subscription: [{user, subscription, expiry}]}: the e-mail as SHA-1, the password as bcrypt, the expiry in
 * unix seconds. Numbers may be written as text. Other fields of theirs are not read.
 */

/** A subscription of KeyAuth: the latest of a user's becomes their licence. */
export interface SubscriptionRow {
  /** The name as it was written; compared like any user name. */
  readonly username: string;
  readonly subscription: string | null;
  /** Null is for ever. */
  readonly expiresAt: string | null;
}

/** A key: unused, counted from first use. More days than 68 years is for ever. */
export function keyAuthKey(record: RawRecord): Judged<LicenseRow> {
  const fields = new Fields(record);
  const key = keyOf(fields, 'key');
  const days = fields.number('expiry');
  const seconds = days === null || days === undefined ? 0 : Math.round(days * DAY_SECONDS);
  if (seconds < 1 && days !== undefined) fields.refuse('expiry', 'must be days, more than 0');
  if (!fields.has('expiry')) fields.refuse('expiry', 'is missing');
  const level = fields.int('level', 0, LEVEL_MAX) ?? undefined;
  const duration = seconds > DURATION_MAX ? null : seconds;
  return judged(fields, said({ key, level, durationSeconds: duration }) as LicenseRow);
}

/** A user, whose licence the subscriptions tell. */
export function keyAuthUser(record: RawRecord, isHash: HashRule): Judged<UserWithIssue> {
  const fields = new Fields(blankAsNull(record));
  const reason = fields.text('banned', { max: 500, multiline: true });
  const hwid = fields.hwid('hwid');
  const user = said({
    username: usernameOf(fields),
    passwordHash: hashOf(fields, 'password', isHash) ?? null,
    status: reason ? 'BANNED' : 'ACTIVE',
    banReason: reason ?? null,
    lastIp: fields.text('ip', { max: 64 }),
    emailSha1: sha1Of(fields, 'email'),
  });
  const issue = hwid ? { devices: [{ hwid }] } : {};
  return judged(fields, { user: user as UserRow, issue });
}

export function keyAuthSubscription(record: RawRecord): Judged<SubscriptionRow> {
  const fields = new Fields(blankAsNull(record));
  const username = fields.text('user', { max: 64 });
  const expiresAt = fields.unixSeconds('expiry');
  for (const field of ['user', 'expiry']) {
    if ((fields.value(field) ?? null) === null) fields.refuse(field, 'is missing');
  }
  const subscription = fields.text('subscription', SUBSCRIPTION_RULE) ?? null;
  return judged(fields, { username: username!, subscription, expiresAt: expiresAt ?? null });
}

/** They write nothing as null, as an empty text, or as 0 and false. */
function blankAsNull(record: RawRecord): RawRecord {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      value === '' || value === false || (value === 0 && name !== 'expiry') ? null : value,
    ]),
  );
}
