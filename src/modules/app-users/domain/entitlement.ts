/** A user whose licence was deleted has no entitlement: expired since the beginning of time. */
const NEVER_ENTITLED = new Date(0);

/** When a user's entitlement ends; null is never. */
export function expiryOf(user: {
  readonly license: { readonly expiresAt: Date | null } | null;
}): string | null {
  const expiresAt = user.license ? user.license.expiresAt : NEVER_ENTITLED;
  return expiresAt?.toISOString() ?? null;
}
