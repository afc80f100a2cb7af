import { defineErrors } from '../../../kernel';

export const GatewayErrors = defineErrors('gateways', {
  GATEWAY_KEY_MISSING: {
    class: 'unauthenticated',
    message: 'Authorization header is missing',
    log: 'info',
    help: 'The API key of the seller stands in the `Authorization` header, by itself or after `Bearer`.',
  },
  GATEWAY_KEY_INVALID: {
    class: 'forbidden',
    message: 'Invalid API Key',
    log: 'info',
    help: 'No seller has this API key. A regenerated key replaces the old one at once.',
  },
  KEY_SHAPE_WEAK: {
    class: 'invalid',
    message: 'Keys of this shape could be guessed',
    log: 'info',
    help: 'Letters or numbers must be on, and a key must hold at least 40 random bits: 8 characters of letters and numbers, 9 of letters, 14 of numbers.',
  },
  KEY_SHAPE_LONG: {
    class: 'invalid',
    message: 'Keys of this shape would be too long',
    log: 'info',
    help: 'A key has at most 128 characters, prefix and hyphens included; longer ones no wire accepts.',
  },
  CHANNEL_REFUSED: {
    class: 'invalid',
    message: 'The log channel cannot be reached from here',
    log: 'info',
    help: 'The address of a log channel must be http or https and lead to the public internet, on a port that the operator allows.',
  },
});
