import { Module } from '@nestjs/common';
import { AppsModule } from '../apps';
import { LicensesModule } from '../licenses';
import { LedgerRepository } from './ledger.repository';
import { ResellerAccount } from './reseller-account';
import { ResellerBooks } from './reseller-books';
import { ResellerCredits } from './reseller-credits';
import { ResellerLogin } from './reseller-login';
import { ResellerPasswords } from './reseller-passwords';
import { ResellerSales } from './reseller-sales';
import { ResellerStatements } from './reseller-statements';
import { ResellerTokens } from './reseller-tokens';
import { ResellersRepository } from './resellers.repository';
import { ResellersService } from './resellers.service';

@Module({
  imports: [AppsModule, LicensesModule],
  providers: [
    LedgerRepository,
    ResellerAccount,
    ResellerBooks,
    ResellerCredits,
    ResellerLogin,
    ResellerPasswords,
    ResellerSales,
    ResellerStatements,
    ResellersRepository,
    ResellersService,
    ResellerTokens,
  ],
  exports: [
    ResellerAccount,
    ResellerLogin,
    ResellerSales,
    ResellersService,
    ResellerStatements,
    ResellerTokens,
  ],
})
export class ResellersModule {}
