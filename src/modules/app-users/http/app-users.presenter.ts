import { publicId } from '../../../kernel';
import type { AppUser } from '../app-users.service';
import { expiryOf } from '../domain/entitlement';
import type { AppUserView } from './dto/app-users.views';

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
