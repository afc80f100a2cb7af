import { defineErrors } from '../../../kernel';

export const AppErrors = defineErrors('apps', {
  API_KEY_INVALID: {
    class: 'unauthenticated',
    message: 'Invalid API key',
    log: 'info',
    help: 'Send the API key of the application as `X-Api-Key`. A regenerated key replaces the old one at once.',
  },
  APP_NOT_FOUND: {
    class: 'missing',
    message: 'Application not found',
    log: 'info',
    help: 'There is no application with that id, or it belongs to somebody else.',
  },
  VPN_LIST_MISSING: {
    class: 'conflict',
    message: 'This server has no list of VPN networks',
    log: 'info',
    help: '`vpnBlock` needs the list of the operator (`VPN_LIST_FILE`): without it no network could be judged, and every client would be refused.',
  },
});
