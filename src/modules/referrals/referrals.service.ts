import { Injectable } from '@nestjs/common';
import { Page, PageRequest, SellerCaller } from '../../kernel';
import { newId, randomText } from '../../platform/crypto';
import { Transactions, violatesReference } from '../../platform/database';
import { AuditAction, AuditTrail, sellerActor } from '../audit';
import { drawCode, normalizeCode } from './domain/referrals';
import { ReferralErrors } from './domain/referrals.errors';
import type { ReferralCodeEntity } from './entities/referral-code.entity';
import { ReferralsRepository } from './referrals.repository';

export type ReferralCode = ReferralCodeEntity;

/** What a seller may set of a code. */
export interface NewReferral {
  /** Drawn when null. */
  readonly code: string | null;
  readonly rewardDays: number;
  /** Null is no limit. */
  readonly maxUses: number | null;
  /** A user of the application, as the caller has established; they get the days as well. */
  readonly ownerUserId: string | null;
}

interface Scope {
  readonly id: string;
  readonly sellerId: string;
}

const DRAWS = 5;

/** A seller's verbs on the referral codes of an application. */
@Injectable()
export class ReferralsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly codes: ReferralsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws REFERRAL_CODE_EXISTS, REFERRAL_OWNER_NOT_FOUND */
  async create(app: Scope, input: NewReferral, caller: SellerCaller): Promise<ReferralCode> {
    try {
      return await this.transactions.run(async () => {
        const made = await this.insert(app, input);
        if (!made) throw ReferralErrors.REFERRAL_CODE_EXISTS();
        this.record('referral.create', app, made, caller);
        return made;
      });
    } catch (error) {
      throw violatesReference(error) ? ReferralErrors.REFERRAL_OWNER_NOT_FOUND() : error;
    }
  }

  list(app: Scope, request: PageRequest): Promise<Page<ReferralCode>> {
    return this.codes.list(app.id, request);
  }

  /** Days that were given stay given. @throws REFERRAL_CODE_NOT_FOUND */
  async remove(app: Scope, id: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const removed = await this.codes.delete(app.id, id);
      if (!removed) throw ReferralErrors.REFERRAL_CODE_NOT_FOUND();
      this.record('referral.delete', app, removed, caller);
    });
  }

  private async insert(app: Scope, input: NewReferral): Promise<ReferralCode | null> {
    const { code, ...terms } = input;
    const insert = (text: string) =>
      this.codes.insert({ id: newId(), appId: app.id, code: text, ...terms });
    if (code !== null) return insert(normalizeCode(code));
    // A drawn code that exists already is rare beyond measure; then another is drawn.
    for (let draw = 0; draw < DRAWS; draw++) {
      const made = await insert(drawCode(randomText));
      if (made) return made;
    }
    throw new Error('could not draw a new code');
  }

  private record(action: AuditAction, app: Scope, code: ReferralCode, caller: SellerCaller): void {
    const { id, code: text, rewardDays, maxUses, ownerUserId } = code;
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: sellerActor(caller),
      action,
      target: { kind: 'referral-code', id },
      origin: caller,
      details: { code: text, rewardDays, maxUses, ownerUserId },
    });
  }
}
