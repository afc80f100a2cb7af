import { defineErrors } from '../../../kernel';

export const PlanErrors = defineErrors('plans', {
  PLAN_LIMIT_REACHED: {
    class: 'forbidden',
    message: 'The plan of the seller allows no more',
    log: 'info',
    help: 'The seller has as many applications, keys, users or bytes of files as the plan allows; the message names the limit. Delete some, or ask the operator for another plan or limit.',
  },
  PLAN_UNKNOWN: {
    class: 'missing',
    message: 'No such plan',
    log: 'info',
    help: 'The plans are FREE, DEVELOPER, PRO and ENTERPRISE.',
  },
});
