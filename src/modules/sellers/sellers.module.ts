import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AccessTokens } from './access-tokens';
import { RefreshTokens } from './refresh-tokens';
import { SellerSessionsRepository } from './seller-sessions.repository';
import { SellerSessions } from './seller-sessions.service';
import { SellersRepository } from './sellers.repository';
import { SellersService } from './sellers.service';

@Module({
  imports: [JwtModule.register({})],
  providers: [
    AccessTokens,
    RefreshTokens,
    SellerSessions,
    SellerSessionsRepository,
    SellersRepository,
    SellersService,
  ],
  exports: [SellersService, SellerSessions],
})
export class SellersModule {}
