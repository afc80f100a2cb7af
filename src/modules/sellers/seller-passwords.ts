import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../../platform/crypto';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import { SellerErrors } from './domain/sellers.errors';
import { SellersRepository } from './sellers.repository';

/** A seller whose password was right a moment ago. */
export interface VerifiedSeller {
  readonly id: string;
  readonly passwordHash: string;
  readonly hasSecondFactor: boolean;
  readonly subject: AttemptSubject;
}

export interface PasswordAttempt {
  readonly emailKey: string;
  readonly password: string;
  /** Code of the second factor, where one was given. */
  readonly code?: string;
  /** Where the attempt comes from. */
  readonly ip: string | null;
}

/** Tries passwords on seller accounts; the tries are counted. */
@Injectable()
export class SellerPasswords {
  constructor(
    private readonly sellers: SellersRepository,
    private readonly hasher: PasswordHasher,
    private readonly attempts: SignInAttempts,
  ) {}

  /**
   * Tries a password and hands the seller, or null, to `use`. Attempts on one address take turns;
   * an unknown address is treated, and takes as long, as a known one. With a second factor the
   * code belongs to the attempt: two codes are two attempts, whatever the password.
   * @throws SIGN_IN_LOCKED
   */
  try<R>(
    { emailKey, password, code = '', ip }: PasswordAttempt,
    use: (verified: VerifiedSeller | null) => Promise<R>,
  ): Promise<R> {
    // A seller's known devices are the IP addresses of the sign-ins of late.
    const subject = this.attempts.from(this.attempts.subject('seller', emailKey), ip);
    return this.attempts.pass(
      subject,
      `${password}\0${code}`,
      () => this.verify(emailKey, password, subject, ip),
      // Where a code is asked as well, a right password alone never gives tries back.
      (verified) => verified !== null && !verified.hasSecondFactor,
      use,
    );
  }

  /** The hash for a new password; slow, so outside transactions. */
  hash(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /**
   * Forgets the tries with the commit of the open transaction. Not where a second factor is on:
   * there only a whole sign-in proves enough, or every new password would buy new guesses at it.
   */
  forgive(emailKey: string, hasSecondFactor: boolean, ip: string | null): void {
    if (hasSecondFactor) return;
    const common = this.attempts.subject('seller', emailKey);
    this.attempts.clear(common);
    // Those that were counted for this address, where it is a known one.
    if (ip !== null) this.attempts.clear(this.attempts.used(this.attempts.from(common, ip), true));
  }

  /** The same after a whole sign-in. */
  passed({ subject }: VerifiedSeller): void {
    this.attempts.clear(subject);
  }

  private async verify(
    emailKey: string,
    password: string,
    subject: AttemptSubject,
    ip: string | null,
  ): Promise<VerifiedSeller | null> {
    const found = await this.sellers.findForSignIn(emailKey, subject, ip);
    if (!found.allowed) {
      throw SellerErrors.SIGN_IN_LOCKED({ retryAfterSeconds: found.retryAfter ?? 1 });
    }
    const { id, passwordHash, hasSecondFactor } = found;
    const right = await this.hasher.verify(password, passwordHash);
    if (!right || !id || !passwordHash) return null;
    const used = this.attempts.used(subject, found.knownDevice);
    return { id, passwordHash, hasSecondFactor, subject: used };
  }
}
