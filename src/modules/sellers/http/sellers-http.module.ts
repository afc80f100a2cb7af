import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { SellersModule } from '../sellers.module';
import { AuthController } from './auth.controller';
import { SellerJwtGuard, SellerJwtStrategy } from './seller-jwt.guard';

@Module({
  imports: [SellersModule, PassportModule],
  controllers: [AuthController],
  providers: [SellerJwtStrategy, SellerJwtGuard],
})
export class SellersHttpModule {}
