export const USER_STATUSES = ['ACTIVE', 'BANNED', 'FROZEN'] as const;
/** BANNED and FROZEN users cannot sign in; only a ban carries a reason. */
export type UserStatus = (typeof USER_STATUSES)[number];

export const USER_VERBS = ['ban', 'unban', 'freeze', 'unfreeze'] as const;
export type UserVerb = (typeof USER_VERBS)[number];

const TRANSITIONS: Record<UserVerb, { from: readonly UserStatus[]; to: UserStatus }> = {
  ban: { from: ['ACTIVE', 'FROZEN', 'BANNED'], to: 'BANNED' },
  unban: { from: ['BANNED'], to: 'ACTIVE' },
  freeze: { from: ['ACTIVE', 'FROZEN'], to: 'FROZEN' },
  unfreeze: { from: ['FROZEN'], to: 'ACTIVE' },
};

/** The status after a verb, or null when the user's status does not allow it. */
export function userTransition(status: UserStatus, verb: UserVerb): UserStatus | null {
  const { from, to } = TRANSITIONS[verb];
  return from.includes(status) ? to : null;
}
