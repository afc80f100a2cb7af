import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { newId } from '../../platform/crypto';
import { AuditActor, AuditTrail } from '../audit';
import { normalizeCode } from './domain/referrals';
import type { ReferralCodeEntity } from './entities/referral-code.entity';
import { ReferralsRepository, Spent } from './referrals.repository';

/** A code as its redemption looks at it. */
export type RedeemableCode = Pick<ReferralCodeEntity, 'id' | 'rewardDays' | 'ownerUserId'>;

/** A redemption as it goes on record. */
export interface Redemption {
  readonly app: { readonly id: string; readonly sellerId: string };
  readonly actor: AuditActor;
  readonly licenseId: string;
  /** Null when nobody has given it out. */
  readonly code: RedeemableCode | null;
  /** `granted` when absent, else the code of the refusal. */
  readonly outcome?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A client's use of referral codes, inside the caller's transaction. */
@Injectable()
export class ReferralRedemptions {
  constructor(
    private readonly codes: ReferralsRepository,
    private readonly audit: AuditTrail,
  ) {}

  find(appId: string, code: string): Promise<RedeemableCode | null> {
    return this.codes.find(appId, normalizeCode(code));
  }

  /** Uses the code once for a licence that the caller holds locked, if that may be. */
  spend(code: RedeemableCode, licenseId: string): Promise<Spent> {
    return this.codes.spend(newId(), code.id, licenseId);
  }

  record({ app, actor, licenseId, code, outcome, details }: Redemption, origin: Origin): void {
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor,
      action: 'client.redeem-referral',
      target: code ? { kind: 'referral-code', id: code.id } : { kind: 'license', id: licenseId },
      origin,
      outcome,
      severity: outcome ? 'warning' : 'info',
      details: { licenseId, ...details },
    });
  }
}
