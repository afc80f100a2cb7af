import type { ClientApp } from '../../modules/apps';
import type {
  AppFigures,
  BlacklistAnswer,
  CheckedSession,
  Entitlement,
  FileLink,
  KeySignedIn,
  Presence,
  Reward,
  SignedIn,
} from '../../modules/client-access';
import type { OfferedFile } from '../../modules/files';
import type { Variable } from '../../modules/variables';
import { Envelope, ok } from '../../platform/http';

/** ISO-8601 with milliseconds; null is a lifetime [doc]. */
function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}

/** `init` [seed 000]; SDKs also read `hwidLock` and `hashCheck` [doc]. */
export function encodeInit(app: ClientApp): Envelope<object> {
  const { name, version, updateUrl, hwidLock, hashCheck } = app;
  return ok({ name, version, updateUrl, hwidLock, hashCheck }, 'App initialized');
}

/** `login` [seed 000]; SDKs also read `subscription` [doc]. */
export function encodeLogin(signedIn: SignedIn): Envelope<object> {
  const { username, level, expiresAt, sessionToken, subscription } = signedIn;
  return ok(
    { username, level, expiresAt: iso(expiresAt), sessionToken, subscription },
    'Login successful',
  );
}

/** `register`: no session token (D-A24). */
export function encodeRegister(entitlement: Entitlement): Envelope<object> {
  const { username, level, expiresAt } = entitlement;
  return ok({ username, level, expiresAt: iso(expiresAt) }, 'Registration successful');
}

/** `license`: the seed's fields, then the token that later calls need (D-A2). */
export function encodeLicense(signedIn: KeySignedIn): Envelope<object> {
  const { level, expiresAt, sessionToken, username, subscription, activated } = signedIn;
  return ok(
    { level, expiresAt: iso(expiresAt), sessionToken, username, subscription },
    activated ? 'License activated' : 'License valid',
  );
}

/** `check` [seed 000]. */
export function encodeCheck({ username, level, expiresAt }: CheckedSession): Envelope<object> {
  return ok({ username, level, expiresAt: iso(expiresAt) }, 'Session valid');
}

/** `check_blacklist` [doc]: no message. */
export function encodeBlacklist({ blacklisted, reason }: BlacklistAnswer): Envelope<object> {
  return ok({ blacklisted, reason });
}

/** `logout`: the documents show no answer; this says what happened. */
export function encodeLogout(): Envelope<never> {
  return ok<never>(undefined, 'Logged out');
}

/** `var` and `getvar` [seed 000]: no message. */
export function encodeVariable({ key, value }: Variable): Envelope<object> {
  return ok({ key, value });
}

/** `setvar` [seed 000]. */
export function encodeVariableSet(): Envelope<never> {
  return ok<never>(undefined, 'Variable set');
}

/** `log` [seed 000]. */
export function encodeLogged(): Envelope<never> {
  return ok<never>(undefined, 'Log recorded');
}

/** `fetch_online`: objects, as the newest SDK reads them (D-A9). */
export function encodeOnline({ count, clients }: Presence): Envelope<object> {
  const users = clients.map(({ username, lastActive }) => ({
    username,
    lastActive: lastActive.toISOString(),
  }));
  return ok({ count, users });
}

/** `fetch_stats` [doc]. */
export function encodeFigures(figures: AppFigures): Envelope<object> {
  const { totalUsers, onlineUsers, totalKeys, appVersion } = figures;
  return ok({ totalUsers, onlineUsers, totalKeys, appVersion });
}

/** `redeem_referral`: the documents show no message; this says what happened. */
export function encodeReward({ expiresAt, rewardDays }: Reward): Envelope<object> {
  return ok({ expiresAt: iso(expiresAt), rewardDays }, 'Referral redeemed');
}

/** `list_files` [doc], with version, channel and digest. */
export function encodeFiles(files: readonly OfferedFile[]): Envelope<object> {
  return ok(
    files.map(({ code: id, name, size, minLevel, version, channel, digest: sha256 }) => {
      return { id, name, size, minLevel, version, channel, sha256 };
    }),
  );
}

/** `file` [seed 000]: name, size and a link that is good once (D-A3). */
export function encodeFileLink({ file, ticket }: FileLink): Envelope<object> {
  const { code: id, name, size, version, channel, digest: sha256 } = file;
  const downloadUrl = `/v1/files/download/${id}?token=${ticket}`;
  return ok({ name, size, downloadUrl, id, version, channel, sha256 });
}
