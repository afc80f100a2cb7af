import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { PlansModule } from '../plans';
import { ApiTokensRepository } from './api-tokens/api-tokens.repository';
import { ApiTokens } from './api-tokens/api-tokens.service';
import { PasswordResetRequests } from './password-reset/password-reset-requests.service';
import { PasswordResetsRepository } from './password-reset/password-resets.repository';
import { PasswordResets } from './password-reset/password-resets.service';
import { RefreshTokens } from './refresh-tokens';
import { SecondFactor } from './second-factor/second-factor';
import { SecondFactorRepository } from './second-factor/second-factor.repository';
import { SecondFactorService } from './second-factor/second-factor.service';
import { SellerBooks } from './seller-books';
import { SellerNotices } from './seller-notices';
import { SellerPasswords } from './seller-passwords';
import { SellerProfiles } from './seller-profiles.service';
import { SellerSessionsRepository } from './seller-sessions.repository';
import { SellerSessions } from './seller-sessions.service';
import { SellerSignIn } from './seller-sign-in.service';
import { SellerTokens } from './seller-tokens';
import { SellersRepository } from './sellers.repository';
import { SellersService } from './sellers.service';

/** Days that an expired sign-in stays on record; the addresses of the last 30 are known devices. */
const KEEP_EXPIRED_DAYS = 30;

@Module({
  imports: [PlansModule],
  providers: [
    ApiTokens,
    ApiTokensRepository,
    PasswordResetRequests,
    PasswordResets,
    PasswordResetsRepository,
    RefreshTokens,
    SecondFactor,
    SecondFactorRepository,
    SecondFactorService,
    SellerBooks,
    SellerNotices,
    SellerPasswords,
    SellerProfiles,
    SellerSessions,
    SellerSessionsRepository,
    SellerSignIn,
    SellerTokens,
    SellersRepository,
    SellersService,
  ],
  exports: [
    ApiTokens,
    PasswordResetRequests,
    PasswordResets,
    SecondFactorService,
    SellerProfiles,
    SellerSessions,
    SellerSignIn,
    SellersService,
  ],
})
export class SellersModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly requests: PasswordResetRequests,
    private readonly resets: PasswordResetsRepository,
    private readonly sessions: SellerSessionsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'answer password reset requests',
      everySeconds: 2,
      run: () => this.requests.answer(),
    });
    this.jobs.add({
      name: 'forget password reset tokens',
      everySeconds: 300,
      run: () => this.resets.forgetExpired(),
    });
    this.jobs.add({
      name: 'forget old sign-ins',
      everySeconds: 300,
      run: () => this.sessions.deleteExpired(KEEP_EXPIRED_DAYS),
    });
  }
}
