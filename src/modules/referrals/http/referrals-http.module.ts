import { Module } from '@nestjs/common';
import { AppUsersModule } from '../../app-users';
import { AppsModule } from '../../apps';
import { ReferralsModule } from '../referrals.module';
import { NewReferralInput } from './new-referral.input';
import { ReferralsController } from './referrals.controller';

@Module({
  imports: [AppsModule, AppUsersModule, ReferralsModule],
  controllers: [ReferralsController],
  providers: [NewReferralInput],
})
export class ReferralsHttpModule {}
