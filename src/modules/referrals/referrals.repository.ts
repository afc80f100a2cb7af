import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { ReferralCodeEntity } from './entities/referral-code.entity';

export type NewReferralCode = Omit<ReferralCodeEntity, 'uses' | 'createdAt'>;

/** What became of an attempt to use a code for a licence. */
export type Spent = 'spent' | 'redeemed before' | 'used up';

@Injectable()
export class ReferralsRepository extends Repository {
  /** Null when the application has that code already. */
  insert(code: NewReferralCode): Promise<ReferralCodeEntity | null> {
    return this.one(
      `INSERT INTO referral_codes (id, app_id, code, reward_days, max_uses, owner_user_id)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (app_id, code) DO NOTHING RETURNING *`,
      [code.id, code.appId, code.code, code.rewardDays, code.maxUses, code.ownerUserId],
    );
  }

  list(appId: string, request: PageRequest): Promise<Page<ReferralCodeEntity>> {
    return this.page({ table: 'referral_codes', where: ['app_id = $1'], values: [appId] }, request);
  }

  delete(appId: string, id: string): Promise<ReferralCodeEntity | null> {
    return this.one('DELETE FROM referral_codes WHERE app_id = $1 AND id = $2 RETURNING *', [
      appId,
      id,
    ]);
  }

  find(appId: string, code: string): Promise<ReferralCodeEntity | null> {
    return this.one('SELECT * FROM referral_codes WHERE app_id = $1 AND code = $2', [appId, code]);
  }

  /**
   * Uses the code once for a licence that the caller holds locked, if it has a use left and the
   * licence has not redeemed it: decided and noted in one statement.
   */
  async spend(id: string, codeId: string, licenseId: string): Promise<Spent> {
    const row = await this.one<{ outcome: Spent }>(
      `WITH spent AS (
         UPDATE referral_codes SET uses = uses + 1
          WHERE id = $2 AND uses < coalesce(max_uses, uses + 1)
            AND NOT EXISTS (SELECT FROM referral_redemptions WHERE code_id = $2 AND license_id = $3)
         RETURNING id),
       noted AS (
         INSERT INTO referral_redemptions (id, code_id, license_id) SELECT $1, id, $3 FROM spent)
       SELECT CASE
         WHEN EXISTS (SELECT FROM spent) THEN 'spent'
         WHEN EXISTS (SELECT FROM referral_redemptions WHERE code_id = $2 AND license_id = $3)
           THEN 'redeemed before'
         ELSE 'used up' END AS outcome`,
      [id, codeId, licenseId],
    );
    return row!.outcome;
  }
}
