import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';
import type { PlanAllowance, PlanLimitName, PlanThing, PlanUsage } from './domain/plan';
import { PlanLimitEntity } from './entities/plan-limit.entity';

/** How many a seller (`$1`) has; keys and users are sums of small changes, see `app_counts`. */
const COUNTS: Readonly<Record<PlanThing, string>> = {
  apps: '(SELECT count(*)::int FROM apps WHERE seller_id = $1)',
  keys: sumOf('licenses'),
  users: sumOf('users'),
};

function sumOf(thing: 'licenses' | 'users'): string {
  return `(SELECT coalesce(sum(c.change), 0)::int FROM app_counts c JOIN apps a ON a.id = c.app_id
            WHERE a.seller_id = $1 AND c.thing = '${thing}')`;
}

/** A seller's plan with one of its limits. */
export interface Room {
  readonly plan: string;
  readonly limit: number | null;
  readonly used: number;
}

@Injectable()
export class PlansRepository extends Repository {
  /**
   * Locks the seller until the transaction ends if their plan limits the thing; tells whether it
   * does. The limit stands in a scalar subquery, which is asked again should the plan have changed
   * while we waited for the lock.
   */
  async lockIfLimited(sellerId: string, thing: PlanThing): Promise<boolean> {
    const row = await this.one(
      `SELECT id FROM sellers s
        WHERE id = $1 AND (SELECT l.${thing} FROM plan_limits l WHERE l.plan = s.plan) IS NOT NULL
          FOR NO KEY UPDATE`,
      [sellerId],
    );
    return row !== null;
  }

  /** Limit and count as they are now: a statement of its own, after the lock. */
  async room(sellerId: string, thing: PlanThing): Promise<Room> {
    const row = await this.one<Room>(
      `SELECT s.plan, l.${thing} AS "limit", ${COUNTS[thing]} AS used
         FROM sellers s LEFT JOIN plan_limits l ON l.plan = s.plan WHERE s.id = $1`,
      [sellerId],
    );
    return row!;
  }

  async allowance(sellerId: string): Promise<{ limits: PlanAllowance; usage: PlanUsage }> {
    const row = await this.one<Record<'apps' | 'keys' | 'users', number | null> & Used>(
      `SELECT l.apps, l.keys, l.users, ${COUNTS.apps} AS used_apps, ${COUNTS.keys} AS used_keys,
              ${COUNTS.users} AS used_users
         FROM sellers s LEFT JOIN plan_limits l ON l.plan = s.plan WHERE s.id = $1`,
      [sellerId],
    );
    const { apps, keys, users, usedApps, usedKeys, usedUsers } = row!;
    return {
      limits: { apps, keys, users },
      usage: { apps: usedApps, keys: usedKeys, users: usedUsers },
    };
  }

  all(): Promise<PlanLimitEntity[]> {
    return this.rows('SELECT * FROM plan_limits ORDER BY apps NULLS LAST, plan');
  }

  async exists(plan: string): Promise<boolean> {
    return (await this.one('SELECT 1 FROM plan_limits WHERE plan = $1', [plan])) !== null;
  }

  /** Sets one limit; false when there is no such plan. */
  async setLimit(plan: string, limit: PlanLimitName, value: number | null): Promise<boolean> {
    const changed = await this.manager.update(PlanLimitEntity, { plan }, { [limit]: value });
    return changed.affected === 1;
  }
}

interface Used {
  readonly usedApps: number;
  readonly usedKeys: number;
  readonly usedUsers: number;
}
