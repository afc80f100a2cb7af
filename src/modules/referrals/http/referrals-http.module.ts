import { Module } from '@nestjs/common';
import { ReferralsModule } from '../referrals.module';

@Module({ imports: [ReferralsModule] })
export class ReferralsHttpModule {}
