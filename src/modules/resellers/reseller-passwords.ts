import { Injectable } from '@nestjs/common';
import { nameKey, Origin } from '../../kernel';
import { PasswordHasher } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import { SellerErrors } from '../sellers';
import { ResellerBooks } from './reseller-books';
import { ResellersRepository } from './resellers.repository';

/** A reseller whose password was right a moment ago. */
export interface Verified {
  readonly id: string;
  readonly passwordHash: string;
  readonly subject: AttemptSubject;
}

/** The passwords of resellers, and the lock behind too many wrong ones. */
@Injectable()
export class ResellerPasswords {
  constructor(
    private readonly transactions: Transactions,
    private readonly resellers: ResellersRepository,
    private readonly hasher: PasswordHasher,
    private readonly attempts: SignInAttempts,
    private readonly books: ResellerBooks,
  ) {}

  /**
   * The reseller whose password it is, or null. Takes one attempt; the last one locks the name.
   * @throws SIGN_IN_LOCKED
   */
  async verify(
    appId: string,
    { username, password }: { readonly username: string; readonly password: string },
    subject: AttemptSubject,
    { ip }: Origin,
  ): Promise<Verified | null> {
    const found = await this.resellers.findForSignIn(appId, nameKey(username), subject, ip);
    if (!found.allowed) {
      throw SellerErrors.SIGN_IN_LOCKED({ retryAfterSeconds: found.retryAfter ?? 1 });
    }
    const { id, passwordHash } = found;
    const right = await this.hasher.verify(password, passwordHash);
    if (right && id && passwordHash) {
      return { id, passwordHash, subject: this.attempts.used(subject, found.knownDevice) };
    }
    const lockedSeconds = this.attempts.lockedSeconds(found.attempts);
    if (lockedSeconds !== null) {
      await this.transactions.run(async () =>
        this.books.lockedOut(appId, { username, ip, lockedSeconds }),
      );
    }
    return null;
  }
}
