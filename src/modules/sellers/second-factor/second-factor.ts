import { Injectable } from '@nestjs/common';
import { KeyRing, newTotpSecret, totpStep, totpUri } from '../../../platform/crypto';
import type { SellerEntity } from '../entities/seller.entity';
import type { LockedSeller } from '../sellers.repository';
import { isTotpCode, plainCode } from './recovery-codes';
import { SecondFactorRepository } from './second-factor.repository';

const ISSUER = 'Latchkey';

/** Judges and spends codes of the second factor: each is good once. */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly stored: SecondFactorRepository,
    private readonly keys: KeyRing,
  ) {}

  /** A new secret, and the same sealed for the seller's row. */
  newSecret(sellerId: string): { readonly secret: string; readonly sealed: Buffer } {
    const secret = newTotpSecret();
    return { secret, sealed: this.keys.seal(secret, context(sellerId)) };
  }

  /** What an authenticator app reads from a QR code. */
  uri(secret: string, email: string): string {
    return totpUri(secret, ISSUER, email);
  }

  /** Spends a code of the app or a recovery code, inside the transaction that holds the seller. */
  async spend(seller: LockedSeller, code: string): Promise<boolean> {
    const plain = plainCode(code);
    if (isTotpCode(plain)) return this.spendTotp(seller, plain);
    return this.stored.spendRecoveryCode(seller.id, this.recoveryHash(seller.id, plain));
  }

  /** The same for a code of the app alone. Old and new steps are told by the database's clock. */
  async spendTotp(seller: LockedSeller, code: string): Promise<boolean> {
    const step = this.stepOf(seller, plainCode(code), seller.nowMs);
    return step !== null && this.stored.spendStep(seller.id, step);
  }

  /** What is stored of a recovery code. */
  recoveryHash(sellerId: string, code: string): Buffer {
    return this.keys.mac('recovery-code', sellerId, plainCode(code));
  }

  private stepOf(
    { id, totpSecretSealed }: Pick<SellerEntity, 'id' | 'totpSecretSealed'>,
    code: string,
    nowMs: number,
  ): number | null {
    if (!totpSecretSealed || !isTotpCode(code)) return null;
    return totpStep(this.keys.open(totpSecretSealed, context(id)), code, nowMs);
  }
}

function context(sellerId: string): string {
  return `totp ${sellerId}`;
}
