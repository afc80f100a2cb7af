/** A seller's verbs on referral codes. */
export { ReferralsService } from './referrals.service';
export type { NewReferral, ReferralCode } from './referrals.service';
/** A client's use of a code, inside a use case of another module. */
export { ReferralRedemptions } from './referral-redemptions';
export type { RedeemableCode } from './referral-redemptions';
export { REFERRAL_CODE_LOOKUP_MAX } from './domain/referrals';
export { ReferralsModule } from './referrals.module';
