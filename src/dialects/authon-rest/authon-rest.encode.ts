import { durationTypeOf, publicId, Verdict } from '../../kernel';
import { AppUser, expiryOf } from '../../modules/app-users';
import type { BlacklistEntry } from '../../modules/blacklist';
import type { ClientRefusal, SignedIn } from '../../modules/client-access';
import type { OfferedFile, StoredFile } from '../../modules/files';
import type { License } from '../../modules/licenses';
import type { SoldKey } from '../../modules/resellers';
import { Envelope, ok } from '../../platform/http';
import { refusal } from './authon-rest.errors';
import type {
  BlacklistedView,
  ClientFileView,
  ClientLicenseView,
  ClientLoginView,
  ClientRegisterView,
  KeyView,
  ListedUserView,
  OwnKeyView,
  UploadedFileView,
} from './authon-rest.views';

/** ISO-8601; null is a lifetime. */
function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}

/** A grant in the envelope; throws what a refusal is on this wire. */
export function answer<T, V>(
  verdict: Verdict<T, ClientRefusal>,
  encode: (value: T) => V,
): Envelope<V> {
  return ok(encode(grantedOf(verdict)));
}

/** What was granted; throws what a refusal is on this wire. */
export function grantedOf<T>(verdict: Verdict<T, ClientRefusal>): T {
  if (!verdict.granted) throw refusal(verdict.code, verdict.facts);
  return verdict.value;
}

/** `data` of login [seed 001]. */
export function encodeLogin(signedIn: SignedIn, token: string): ClientLoginView {
  const { username, hwid, subscription, expiresAt } = signedIn;
  const user = { id: userId(signedIn), username: username!, hwid, subscription };
  return { token, user: { ...user, expiresAt: iso(expiresAt) } };
}

/** `data` of register [seed 001]. */
export function encodeRegister(signedIn: SignedIn, token: string): ClientRegisterView {
  return { token, user: { id: userId(signedIn), username: signedIn.username! } };
}

/** `data` of license [seed 001]. */
export function encodeLicense(signedIn: SignedIn, token: string): ClientLicenseView {
  const { licenseKey, expiresAt, hwid } = signedIn;
  return { token, license: { key: licenseKey, expiresAt: iso(expiresAt), hwid } };
}

function userId({ userId: id }: SignedIn): string {
  return publicId('usr', id!);
}

/** A key as document 000 shows it. */
export function encodeKey(license: License): KeyView {
  const { key, appId, status, level, maxDevices, prefix, note, subscription } = license;
  return {
    id: publicId('lic', license.id),
    key,
    appId,
    status,
    durationType: durationTypeOf(license.durationSeconds),
    level,
    maxDevices,
    prefix,
    note,
    subscription,
    createdAt: license.createdAt.toISOString(),
  };
}

/** A user as document 000 shows it. */
export function encodeUser(user: AppUser): ListedUserView {
  return {
    id: publicId('usr', user.id),
    username: user.username,
    hwid: user.hwid,
    ip: user.lastIp,
    level: user.license?.level ?? 0,
    status: user.status,
    lastLogin: iso(user.lastLoginAt),
    expiresAt: expiryOf(user),
    subscription: user.license?.subscription ?? null,
    note: user.note,
  };
}

export function encodeBlacklisted({ id, type, value, reason }: BlacklistEntry): BlacklistedView {
  return { id: publicId('bl', id), type, value, reason };
}

/** A key of a reseller, the documents' keys first. */
export function encodeOwnKey(sold: SoldKey): OwnKeyView {
  const { key, durationType, status, level, maxDevices } = sold;
  const createdAt = sold.createdAt.toISOString();
  return { key, durationType, status, createdAt, id: publicId('lic', sold.id), level, maxDevices };
}

/** A file as clients see it (D-B7), with version, channel and digest. */
export function encodeClientFile(file: OfferedFile): ClientFileView {
  const { code: id, name, size, minLevel, version, channel, digest: sha256 } = file;
  return { id, name, size, minLevel, version, channel, sha256 };
}

/** An uploaded file as document 000 shows it (D-B6), with version, channel and digest. */
export function encodeFile(file: StoredFile): UploadedFileView {
  const { code: id, appId, name, size, minLevel, version, channel, sha256 } = file;
  const path = `/uploads/${appId}/${id}_${name}`;
  return { id, name, path, size, minLevel, version, channel, sha256: sha256!.toString('hex') };
}
