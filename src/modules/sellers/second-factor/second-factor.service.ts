import { Injectable } from '@nestjs/common';
import type { SignedInSellerCaller } from '../../../kernel';
import { randomText } from '../../../platform/crypto';
import { Transactions } from '../../../platform/database';
import { SignInAttempts } from '../../../platform/rate-limit';
import { AuditAction, AuditTrail } from '../../audit';
import { SellerErrors } from '../domain/sellers.errors';
import { SellerNotices } from '../seller-notices';
import type { LockedSeller } from '../sellers.repository';
import { makeRecoveryCode, plainCode, RECOVERY_CODE_COUNT } from './recovery-codes';
import { SecondFactor } from './second-factor';
import { SecondFactorRepository } from './second-factor.repository';

/** A secret for the authenticator app, as text and as the address of a QR code. */
export interface TotpSetup {
  /** Base32. */
  readonly secret: string;
  readonly uri: string;
}

/** A seller's verbs on the second factor. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly transactions: Transactions,
    private readonly stored: SecondFactorRepository,
    private readonly factor: SecondFactor,
    private readonly attempts: SignInAttempts,
    private readonly notices: SellerNotices,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Proposes a secret; it is in force only once a code of it confirms it. Asked again, it proposes
   * another.
   * @throws TOTP_ALREADY_ON
   */
  setUp(caller: SignedInSellerCaller): Promise<TotpSetup> {
    const { sellerId } = caller.seller;
    return this.transactions.run(async () => {
      const { secret, sealed } = this.factor.newSecret(sellerId);
      const email = await this.stored.propose(sellerId, sealed);
      if (email === null) throw SellerErrors.TOTP_ALREADY_ON();
      this.record('seller.totp-setup', caller);
      return { secret, uri: this.factor.uri(secret, email) };
    });
  }

  /**
   * Switches the second factor on; gives the recovery codes, this once.
   * @throws WRONG_TOTP_CODE, TOTP_NOT_ON, TOTP_ALREADY_ON, SIGN_IN_LOCKED
   */
  confirm(code: string, caller: SignedInSellerCaller): Promise<string[]> {
    return this.tryCode(code, caller, async (seller) => {
      if (seller.totpConfirmedAt) throw SellerErrors.TOTP_ALREADY_ON();
      if (!seller.totpSecretSealed) throw SellerErrors.TOTP_NOT_ON();
      if (!(await this.factor.spendTotp(seller, code))) throw SellerErrors.WRONG_TOTP_CODE();
      const codes = Array.from({ length: RECOVERY_CODE_COUNT }, () => makeRecoveryCode(randomText));
      const hashes = codes.map((one) => this.factor.recoveryHash(seller.id, one));
      await this.stored.switchOn(seller.id, hashes);
      this.notices.secondFactor(seller, 'on', caller);
      this.record('seller.totp-on', caller);
      return codes;
    });
  }

  /**
   * Switches the second factor off, for a code of the app or a recovery code.
   * @throws WRONG_TOTP_CODE, TOTP_NOT_ON, SIGN_IN_LOCKED
   */
  async disable(code: string, caller: SignedInSellerCaller): Promise<void> {
    await this.tryCode(code, caller, async (seller) => {
      if (!seller.totpConfirmedAt) throw SellerErrors.TOTP_NOT_ON();
      if (!(await this.factor.spend(seller, code))) throw SellerErrors.WRONG_TOTP_CODE();
      await this.stored.switchOff(seller.id);
      this.notices.secondFactor(seller, 'off', caller);
      this.record('seller.totp-off', caller);
    });
  }

  /**
   * Runs `use` on the locked seller as one counted attempt. The count is apart from that of
   * sign-ins: whoever holds an access token cannot lock its owner out. The attempt is taken before
   * the transaction and stays when that rolls back.
   */
  private tryCode<R>(
    code: string,
    { seller: { sellerId } }: SignedInSellerCaller,
    use: (seller: LockedSeller) => Promise<R>,
  ): Promise<R> {
    const subject = this.attempts.subject('seller', 'second factor', sellerId);
    return this.attempts.pass(
      subject,
      plainCode(code),
      async () => {
        const { allowed, retryAfter } = await this.stored.reserveAttempt(subject);
        if (!allowed) throw SellerErrors.SIGN_IN_LOCKED({ retryAfterSeconds: retryAfter ?? 1 });
      },
      () => false,
      () =>
        this.transactions.run(async () => {
          const seller = await this.stored.lock(sellerId);
          if (!seller) throw SellerErrors.TOTP_NOT_ON();
          const result = await use(seller);
          this.attempts.clear(subject);
          return result;
        }),
    );
  }

  private record(action: AuditAction, caller: SignedInSellerCaller): void {
    const { sellerId } = caller.seller;
    const actor = { kind: 'seller', id: sellerId } as const;
    this.audit.record({ sellerId, actor, action, target: actor, origin: caller });
  }
}
