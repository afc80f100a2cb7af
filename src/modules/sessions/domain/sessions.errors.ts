import { defineErrors } from '../../../kernel';

export const SessionErrors = defineErrors('sessions', {
  SESSION_NOT_FOUND: {
    class: 'missing',
    message: 'Session not found',
    log: 'info',
    help: 'The application has no live session with that id.',
  },
});
