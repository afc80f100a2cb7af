import { Injectable } from '@nestjs/common';
import { nameKey, Origin, SignedInSellerCaller } from '../../kernel';
import { newId } from '../../platform/crypto';
import { Transactions, violatesUnique } from '../../platform/database';
import { SellerErrors } from './domain/sellers.errors';
import type { SellerEntity } from './entities/seller.entity';
import { PasswordResetsRepository } from './password-reset/password-resets.repository';
import { SellerBooks } from './seller-books';
import { SellerPasswords } from './seller-passwords';
import { SellerSessions } from './seller-sessions.service';
import type { TokenPair } from './seller-tokens';
import { SellersRepository } from './sellers.repository';

export interface NewSeller {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

export type Seller = Pick<SellerEntity, 'id' | 'email' | 'name' | 'plan' | 'createdAt'>;

export interface SignedInSeller {
  readonly seller: Seller;
  readonly tokens: TokenPair;
}

/** Seller accounts: the tenants of this server. Signing in is `SellerSignIn`. */
@Injectable()
export class SellersService {
  constructor(
    private readonly transactions: Transactions,
    private readonly sellers: SellersRepository,
    private readonly sessions: SellerSessions,
    private readonly passwords: SellerPasswords,
    private readonly resets: PasswordResetsRepository,
    private readonly books: SellerBooks,
  ) {}

  /** @throws EMAIL_TAKEN */
  async register(input: NewSeller, origin: Origin): Promise<SignedInSeller> {
    const passwordHash = await this.passwords.hash(input.password);
    try {
      return await this.transactions.run(async () => {
        const seller = await this.sellers.insert({
          id: newId(),
          email: input.email,
          emailKey: nameKey(input.email),
          name: input.name,
          passwordHash,
        });
        this.books.record('seller.register', seller.id, origin);
        return { seller, tokens: await this.sessions.open(seller.id, origin) };
      });
    } catch (error) {
      if (violatesUnique(error, 'sellers_email')) throw SellerErrors.EMAIL_TAKEN();
      throw error;
    }
  }

  /**
   * Changes the password, ends every other sign-in and makes every link to reset it worthless.
   * @throws WRONG_CURRENT_PASSWORD, SIGN_IN_LOCKED
   */
  async changePassword(current: string, next: string, caller: SignedInSellerCaller): Promise<void> {
    const { emailKey } = (await this.sellers.findById(caller.seller.sellerId))!;
    const attempt = { emailKey, password: current, ip: caller.ip };
    await this.passwords.try(attempt, async (verified) => {
      if (!verified) throw SellerErrors.WRONG_CURRENT_PASSWORD();
      const { id, passwordHash, hasSecondFactor } = verified;
      const newHash = await this.passwords.hash(next);
      await this.transactions.run(async () => {
        const seller = await this.sellers.replacePassword(id, passwordHash, newHash);
        if (!seller) throw SellerErrors.WRONG_CURRENT_PASSWORD();
        await this.resets.forgetOf(id);
        const ended = await this.sessions.endOthers(caller.seller, 'password change');
        this.passwords.forgive(emailKey, hasSecondFactor, caller.ip);
        this.books.passwordChanged(seller, 'changed', caller, ended);
      });
    });
  }
}
