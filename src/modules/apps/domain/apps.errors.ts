import { defineErrors } from '../../../kernel';

export const AppErrors = defineErrors('apps', {
  APP_NOT_FOUND: {
    class: 'missing',
    message: 'Application not found',
    log: 'info',
    help: 'There is no application with that id, or it belongs to somebody else.',
  },
});
