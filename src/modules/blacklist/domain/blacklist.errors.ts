import { defineErrors } from '../../../kernel';

export const BlacklistErrors = defineErrors('blacklist', {
  BLACKLIST_ENTRY_NOT_FOUND: {
    class: 'missing',
    message: 'Blacklist entry not found',
    log: 'info',
    help: 'The application has no blacklist entry with that id.',
  },
  BLACKLIST_ENTRY_EXISTS: {
    class: 'conflict',
    message: 'Blacklist entry already exists',
    log: 'info',
    help: 'The application has an entry for the same value, perhaps in another spelling.',
  },
});
