import { Injectable } from '@nestjs/common';
import { nameKey, Origin } from '../../kernel';
import { Transactions } from '../../platform/database';
import { AuditTrail } from '../audit';
import { SellerErrors } from './domain/sellers.errors';
import { SecondFactor } from './second-factor/second-factor';
import { SellerPasswords, VerifiedSeller } from './seller-passwords';
import { SellerSessions } from './seller-sessions.service';
import type { SignedInSeller } from './sellers.service';
import { SellersRepository } from './sellers.repository';

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  /** Six digits or a recovery code, where a second factor is on. */
  readonly totp?: string;
}

type Missing = 'TOTP_REQUIRED' | 'TOTP_INVALID';

/** How a seller signs in: the password, then the second factor where one is on. */
@Injectable()
export class SellerSignIn {
  constructor(
    private readonly transactions: Transactions,
    private readonly sellers: SellersRepository,
    private readonly passwords: SellerPasswords,
    private readonly factor: SecondFactor,
    private readonly sessions: SellerSessions,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws INVALID_CREDENTIALS, TOTP_REQUIRED, TOTP_INVALID, SIGN_IN_LOCKED */
  async login({ email, password, totp }: SignInInput, origin: Origin): Promise<SignedInSeller> {
    const attempt = { emailKey: nameKey(email), password, code: totp, ip: origin.ip };
    const outcome = await this.passwords.try(attempt, async (verified) => {
      if (!verified) throw SellerErrors.INVALID_CREDENTIALS();
      return this.transactions.run(() => this.enter(verified, totp, origin));
    });
    // Thrown here, after the commit: the record of a wrong code must not be rolled back.
    if (typeof outcome === 'string') throw SellerErrors[outcome]();
    return outcome;
  }

  private async enter(
    verified: VerifiedSeller,
    totp: string | undefined,
    origin: Origin,
  ): Promise<SignedInSeller | Missing> {
    // Locked, so that a new password that is being set now ends this sign-in, or refuses it here.
    const seller = await this.sellers.lockVerified(verified.id, verified.passwordHash);
    if (!seller) throw SellerErrors.INVALID_CREDENTIALS();
    if (seller.totpConfirmedAt && totp === undefined) return 'TOTP_REQUIRED';
    if (seller.totpConfirmedAt && !(await this.factor.spend(seller, totp!))) {
      this.record(seller.id, origin, SellerErrors.TOTP_INVALID.code);
      return 'TOTP_INVALID';
    }
    this.passwords.passed(verified);
    this.record(seller.id, origin);
    return { seller, tokens: await this.sessions.open(seller.id, origin) };
  }

  private record(id: string, origin: Origin, outcome?: string): void {
    const actor = { kind: 'seller', id } as const;
    this.audit.record({
      sellerId: id,
      actor,
      action: 'seller.login',
      target: actor,
      origin,
      outcome,
      severity: outcome ? 'warning' : 'info',
    });
  }
}
