import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { SellersModule } from '../sellers.module';
import { ApiTokensController } from './api-tokens.controller';
import { AuthController } from './auth.controller';
import { PasswordResetController } from './password-reset.controller';
import { PasswordResetPageController } from './password-reset.page';
import { SellerJwtGuard, SellerJwtStrategy } from './seller-jwt.guard';
import { SignInsController } from './sign-ins.controller';
import { TotpController } from './totp.controller';

@Module({
  imports: [SellersModule, PassportModule],
  controllers: [
    AuthController,
    PasswordResetController,
    PasswordResetPageController,
    TotpController,
    SignInsController,
    ApiTokensController,
  ],
  providers: [SellerJwtStrategy, SellerJwtGuard],
})
export class SellersHttpModule {}
