import { defineErrors, Verdict } from '../../../kernel';
import type { SaleRefusal } from './reseller';

export const ResellerErrors = defineErrors('resellers', {
  RESELLER_NOT_FOUND: {
    class: 'missing',
    message: 'Reseller not found',
    log: 'info',
    help: 'The application has no reseller with that id.',
  },
  RESELLER_NAME_TAKEN: {
    class: 'conflict',
    message: 'Username already exists',
    log: 'info',
    help: 'The application has a reseller of that name. Letter case and Unicode spelling make no difference.',
  },
  RESELLER_BALANCE_LIMIT: {
    class: 'conflict',
    message: 'The balance would exceed 1000000000000 credits',
    log: 'info',
    help: 'A reseller holds at most 1,000,000,000,000 credits; nothing was booked.',
  },
  INVALID_KEY: {
    class: 'unauthenticated',
    message: 'Invalid appId or apiKey',
    log: 'info',
    help: 'No application has this id and API key. A regenerated key replaces the old one at once.',
  },
  RESELLER_APP_PAUSED: {
    class: 'forbidden',
    message: 'Application is paused',
    log: 'info',
    help: 'The seller paused the application; its resellers are not served until it is ACTIVE again.',
  },
  RESELLER_SUSPENDED: {
    class: 'forbidden',
    message: 'Reseller is suspended',
    log: 'info',
    help: 'The seller suspended this reseller. It is told only after the right password.',
  },
  RESELLER_NOT_ALLOWED: {
    class: 'forbidden',
    message: 'Reseller may not sell that level or duration',
    log: 'info',
    help: 'The seller limited the levels or durations that this reseller may sell. Nothing was charged.',
  },
  INSUFFICIENT_BALANCE: {
    class: 'forbidden',
    message: 'Insufficient balance',
    log: 'info',
    help: 'The keys cost more credits than the reseller has. Nothing was made or charged; ask the seller for a top-up.',
  },
});

/**
 * What a granted verdict holds.
 * @throws RESELLER_NOT_ALLOWED, INSUFFICIENT_BALANCE, as refusals that stand
 */
export function sold<T>(verdict: Verdict<T, SaleRefusal>): T {
  if (verdict.granted) return verdict.value;
  throw ResellerErrors[verdict.code]({ stands: true });
}
