import { Injectable } from '@nestjs/common';
import type { Origin } from '../../../kernel';
import { sha256 } from '../../../platform/crypto';
import { Transactions } from '../../../platform/database';
import { SellerErrors } from '../domain/sellers.errors';
import { SellerBooks } from '../seller-books';
import { SellerPasswords } from '../seller-passwords';
import { SellerSessions } from '../seller-sessions.service';
import { SellersRepository } from '../sellers.repository';
import { PasswordResetsRepository } from './password-resets.repository';

/** Sets a forgotten password anew, for whoever holds the token of the mail. */
@Injectable()
export class PasswordResets {
  constructor(
    private readonly transactions: Transactions,
    private readonly resets: PasswordResetsRepository,
    private readonly sellers: SellersRepository,
    private readonly passwords: SellerPasswords,
    private readonly sessions: SellerSessions,
    private readonly books: SellerBooks,
  ) {}

  /**
   * Spends the token, sets the password and ends every sign-in. The second factor stays on.
   * @throws INVALID_RESET_TOKEN
   */
  async reset(token: string, newPassword: string, origin: Origin): Promise<void> {
    const tokenHash = sha256(token);
    // Looked at first only to spare the hashing; it is spent below, once.
    if (!(await this.resets.isLive(tokenHash))) throw SellerErrors.INVALID_RESET_TOKEN();
    const passwordHash = await this.passwords.hash(newPassword);
    await this.transactions.run(async () => {
      const sellerId = await this.resets.spend(tokenHash);
      const seller = sellerId && (await this.sellers.setPassword(sellerId, passwordHash));
      if (!seller) throw SellerErrors.INVALID_RESET_TOKEN();
      const ended = await this.sessions.endAll(seller.id, 'password reset');
      const hasSecondFactor = seller.totpConfirmedAt !== null;
      this.passwords.forgive(seller.emailKey, hasSecondFactor, origin.ip);
      this.books.passwordChanged(seller, 'reset', origin, ended);
    });
  }
}
