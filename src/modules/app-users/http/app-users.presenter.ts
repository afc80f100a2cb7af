import { publicId } from '../../../kernel';
import type { AppUser } from '../app-users.service';
import type { AppUserView } from './dto/app-users.views';

/** A user whose licence was deleted has no entitlement: expired since the beginning of time. */
const NEVER_ENTITLED = new Date(0);

/** When the user's entitlement ends; null is never. */
export function expiryOf(user: AppUser): string | null {
  const expiresAt = user.license ? user.license.expiresAt : NEVER_ENTITLED;
  return expiresAt?.toISOString() ?? null;
}

/** A user; the documents' fields first [seed 000], then ours. */
export function presentUser(user: AppUser): AppUserView {
  return {
    id: publicId('usr', user.id),
    username: user.username,
    hwid: user.hwid,
    ip: user.lastIp,
    level: user.license?.level ?? 0,
    status: user.status,
    lastLogin: user.lastLoginAt?.toISOString() ?? null,
    expiresAt: expiryOf(user),
    banReason: user.banReason,
    note: user.note,
    licenseId: user.licenseId && publicId('lic', user.licenseId),
    createdAt: user.createdAt.toISOString(),
  };
}
