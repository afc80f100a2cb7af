import { Module } from '@nestjs/common';
import { ReferralRedemptions } from './referral-redemptions';
import { ReferralsRepository } from './referrals.repository';
import { ReferralsService } from './referrals.service';

@Module({
  providers: [ReferralRedemptions, ReferralsRepository, ReferralsService],
  exports: [ReferralRedemptions, ReferralsService],
})
export class ReferralsModule {}
