import { Injectable } from '@nestjs/common';
import { granted, Origin, refused } from '../../kernel';
import { Transactions } from '../../platform/database';
import { AppUserAccess } from '../app-users';
import type { ClientApp } from '../apps';
import { LicenseEdits } from '../licenses';
import { RedeemableCode, ReferralRedemptions } from '../referrals';
import type { ClientVerdict } from './client-verdict';
import { ClientLife } from './client-life.service';
import { ClientSessions, LiveClient } from './client-sessions.service';
import type { DataRefusal } from './domain/refusals';

/** What a redeemed code gave. */
export interface Reward {
  /** The new expiry; null is for ever. */
  readonly expiresAt: Date | null;
  readonly rewardDays: number;
}

/** A redemption under way: who redeems what, and the owner's licence if there is one. */
interface Attempt {
  readonly app: ClientApp;
  readonly client: LiveClient;
  /** The code as it was sent. */
  readonly text: string;
  readonly code: RedeemableCode | null;
  readonly ownerLicenseId: string | null;
}

/** Referral codes: days for whoever redeems one, and for its owner [doc 1.2]. */
@Injectable()
export class ClientReferrals {
  constructor(
    private readonly transactions: Transactions,
    private readonly life: ClientLife,
    private readonly checks: ClientSessions,
    private readonly licenses: LicenseEdits,
    private readonly users: AppUserAccess,
    private readonly referrals: ReferralRedemptions,
  ) {}

  /**
   * Redeems a code: once for each licence, as often in all as the code allows. Both licences get
   * the days as from a seller's extension (D-A13); an owner whose licence cannot be extended gets
   * nothing.
   */
  async redeem(
    app: ClientApp,
    token: string,
    text: string,
    origin: Origin,
  ): Promise<ClientVerdict<Reward>> {
    return this.life.asClient('redeem', app, token, origin, (client) =>
      this.transactions.run(async () => {
        const code = await this.referrals.find(app.id, text);
        const owner = code?.ownerUserId;
        const ownerLicenseId = owner ? await this.users.licenseOf(app.id, owner) : null;
        return this.inTurn({ app, client, text, code, ownerLicenseId }, token, origin);
      }),
    );
  }

  /** Both licences are locked before anything is decided, in one order for all. */
  private async inTurn(
    attempt: Attempt,
    token: string,
    origin: Origin,
  ): Promise<ClientVerdict<Reward>> {
    const { app, client, code, ownerLicenseId } = attempt;
    const ids = ownerLicenseId ? [client.licenseId, ownerLicenseId] : [client.licenseId];
    const locked = await this.licenses.lockMany(app.id, ids);
    // Asked again now that no ban and no kill can come between.
    const { refusal } = await this.checks.check(app, token, origin);
    if (refusal) return refused(refusal);
    const objection = await this.objection(attempt);
    if (objection || !code) return this.refuse(attempt, objection ?? 'REFERRAL_UNKNOWN', origin);
    const { rewardDays } = code;
    const { expiresAt } = await this.licenses.extend(locked.get(client.licenseId)!, rewardDays);
    const owners = ownerLicenseId ? locked.get(ownerLicenseId) : undefined;
    const shared = owners && (await this.licenses.extendIfAllowed(owners, rewardDays));
    this.record(attempt, origin, { rewardDays, expiresAt, ownerRewarded: Boolean(shared) });
    return granted({ expiresAt, rewardDays });
  }

  /** Uses the code, or says why not. */
  private async objection({ client, code, ownerLicenseId }: Attempt): Promise<DataRefusal | null> {
    if (!code) return 'REFERRAL_UNKNOWN';
    const own = code.ownerUserId !== null && code.ownerUserId === client.userId;
    if (own || ownerLicenseId === client.licenseId) return 'REFERRAL_OWN';
    const spent = await this.referrals.spend(code, client.licenseId);
    if (spent === 'spent') return null;
    return spent === 'used up' ? 'REFERRAL_USED_UP' : 'REFERRAL_REDEEMED';
  }

  private refuse(attempt: Attempt, code: DataRefusal, origin: Origin): ClientVerdict<never> {
    this.record(attempt, origin, {}, code);
    return refused(code, { referralCode: attempt.text });
  }

  private record(
    { app, client, code }: Attempt,
    origin: Origin,
    details: Readonly<Record<string, unknown>>,
    outcome?: DataRefusal,
  ): void {
    const { userId, licenseId } = client;
    const actor = userId
      ? ({ kind: 'app-user', id: userId } as const)
      : ({ kind: 'license', id: licenseId } as const);
    this.referrals.record({ app, actor, licenseId, code, outcome, details }, origin);
  }
}
