import { defineErrors } from '../../../kernel';

export const UserErrors = defineErrors('app-users', {
  USER_NOT_FOUND: {
    class: 'missing',
    message: 'User not found',
    log: 'info',
    help: 'The application has no user with that id.',
  },
  USERNAME_TAKEN: {
    class: 'conflict',
    message: 'Username already exists',
    log: 'info',
    help: 'The application has a user of that name. Letter case and Unicode spelling make no difference.',
  },
  USER_WRONG_STATUS: {
    class: 'conflict',
    message: 'The user does not allow that in the current status',
    log: 'info',
    help: 'For example, only a banned user can be unbanned. The message names the status.',
  },
});
