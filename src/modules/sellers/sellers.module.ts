import { Module } from '@nestjs/common';
import { RefreshTokens } from './refresh-tokens';
import { SellerSessionsRepository } from './seller-sessions.repository';
import { SellerSessions } from './seller-sessions.service';
import { SellersRepository } from './sellers.repository';
import { SellersService } from './sellers.service';

@Module({
  providers: [
    RefreshTokens,
    SellerSessions,
    SellerSessionsRepository,
    SellersRepository,
    SellersService,
  ],
  exports: [SellersService, SellerSessions],
})
export class SellersModule {}
