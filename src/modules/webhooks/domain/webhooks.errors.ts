import { defineErrors } from '../../../kernel';
import { WEBHOOKS_PER_APP, WEBHOOKS_PER_HOST, WEBHOOKS_PER_SELLER } from './webhook';

export const WebhookErrors = defineErrors('webhooks', {
  WEBHOOK_NOT_FOUND: {
    class: 'missing',
    message: 'Webhook not found',
    log: 'info',
    help: 'The application has no webhook of that id.',
  },
  DELIVERY_NOT_FOUND: {
    class: 'missing',
    message: 'Delivery not found',
    log: 'info',
    help: 'The webhook has no delivery of that id, or it is older than 30 days.',
  },
  WEBHOOK_LIMIT: {
    class: 'forbidden',
    message: 'Webhook limit reached',
    log: 'info',
    help: `An application has at most ${WEBHOOKS_PER_APP} webhooks, a seller ${WEBHOOKS_PER_SELLER}, and ${WEBHOOKS_PER_HOST} at one host. Delete some that are not needed.`,
  },
  WEBHOOK_PINGED_TOO_OFTEN: {
    class: 'limited',
    message: 'Too many test pings, slow down',
    log: 'info',
    help: 'Pings that a seller causes are limited by the minute, for the sake of whom they reach: by tests, creations, other addresses and switching on. Wait for `Retry-After` seconds.',
  },
});
