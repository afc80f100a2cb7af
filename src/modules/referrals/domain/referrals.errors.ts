import { defineErrors } from '../../../kernel';

export const ReferralErrors = defineErrors('referrals', {
  REFERRAL_CODE_NOT_FOUND: {
    class: 'missing',
    message: 'Referral code not found',
    log: 'info',
    help: 'The application has no referral code with that id.',
  },
  REFERRAL_CODE_EXISTS: {
    class: 'conflict',
    message: 'Referral code already exists',
    log: 'info',
    help: 'The application has that referral code. Letter case makes no difference.',
  },
  REFERRAL_OWNER_NOT_FOUND: {
    class: 'missing',
    message: 'The owner of the code does not exist any more',
    log: 'info',
    help: 'The user or the application was deleted while the code was created.',
  },
});
