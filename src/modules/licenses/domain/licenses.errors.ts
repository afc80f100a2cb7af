import { defineErrors } from '../../../kernel';

export const LicenseErrors = defineErrors('licenses', {
  LICENSE_NOT_FOUND: {
    class: 'missing',
    message: 'License not found',
    log: 'info',
    help: 'The application has no licence with that id or key.',
  },
  LICENSE_WRONG_STATUS: {
    class: 'conflict',
    message: 'The license does not allow that in its current status',
    log: 'info',
    help: 'For example, only a banned licence can be unbanned, and a revoked one stays revoked. The message names the status.',
  },
});
