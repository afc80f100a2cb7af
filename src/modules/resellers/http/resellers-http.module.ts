import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AppsModule } from '../../apps';
import { ResellersModule } from '../resellers.module';
import { OwnLedgerController, ResellerLedgerController } from './ledger.controller';
import { ResellerDeskController } from './reseller-desk.controller';
import { ResellerJwtGuard, ResellerJwtStrategy } from './reseller-jwt.guard';
import { ResellerLoginController } from './reseller-login.controller';
import { ResellersController } from './resellers.controller';

@Module({
  imports: [AppsModule, PassportModule, ResellersModule],
  controllers: [
    ResellersController,
    ResellerLedgerController,
    ResellerLoginController,
    ResellerDeskController,
    OwnLedgerController,
  ],
  providers: [ResellerJwtStrategy, ResellerJwtGuard],
})
export class ResellersHttpModule {}
