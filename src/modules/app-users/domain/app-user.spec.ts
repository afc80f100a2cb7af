import { USER_STATUSES, USER_VERBS, UserStatus, userTransition, UserVerb } from './app-user';

const table: Record<UserVerb, Record<UserStatus, UserStatus | null>> = {
  ban: { ACTIVE: 'BANNED', BANNED: 'BANNED', FROZEN: 'BANNED' },
  unban: { ACTIVE: null, BANNED: 'ACTIVE', FROZEN: null },
  freeze: { ACTIVE: 'FROZEN', BANNED: null, FROZEN: 'FROZEN' },
  unfreeze: { ACTIVE: null, BANNED: null, FROZEN: 'ACTIVE' },
};

describe('user status', () => {
  for (const verb of USER_VERBS) {
    test.each(USER_STATUSES)(`${verb} on %s`, (status) => {
      expect(userTransition(status, verb)).toBe(table[verb][status]);
    });
  }
});
