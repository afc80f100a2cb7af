import { defineErrors } from '../../../kernel';

export const BuilderErrors = defineErrors('builder', {
  TEMPLATE_MISSING: {
    class: 'missing',
    message:
      'The template of this loader is missing or altered; build it with: npm run build:loaders',
    log: 'warn',
    help: 'Loaders are made from templates in `loader/templates`, each with its SHA-256 in `manifest.json` there. The one asked for is not there, or is not what the manifest says. The operator builds them anew with `npm run build:loaders` (docs/loaders.md), or restores the files.',
  },
  BUILDS_BUSY: {
    class: 'limited',
    message: 'Too many loaders are being built, please retry',
    log: 'info',
    help: 'A server builds two loaders at a time, and a few more wait their turn. Retry after `Retry-After` seconds.',
  },
});
