import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';
import { PLAN_THINGS, PlanAllowance, PlanLimitName, PlanThing, PlanUsage } from './domain/plan';
import { PlanLimitEntity } from './entities/plan-limit.entity';

/** How many a seller (`$1`) has; keys and users are sums of small changes, see `app_counts`. */
const COUNTS: Readonly<Record<PlanThing, string>> = {
  apps: '(SELECT count(*)::int FROM apps WHERE seller_id = $1)',
  keys: sumOf('licenses'),
  users: sumOf('users'),
  // What is being written counts as well, so that many uploads at once find no more room than one.
  storageBytes: `(SELECT coalesce(sum(size), 0)::float8 FROM file_blobs
                   WHERE seller_id = $1 AND state IN ('WRITING', 'PUBLISHED'))`,
};

/** The column of a plan's limit. */
const LIMITS: Readonly<Record<PlanThing, string>> = {
  apps: 'l.apps',
  keys: 'l.keys',
  users: 'l.users',
  storageBytes: 'l.storage_bytes::float8',
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
        WHERE id = $1 AND (SELECT ${LIMITS[thing]} FROM plan_limits l WHERE l.plan = s.plan) IS NOT NULL
          FOR NO KEY UPDATE`,
      [sellerId],
    );
    return row !== null;
  }

  /** Limit and count as they are now: a statement of its own, after the lock. */
  async room(sellerId: string, thing: PlanThing): Promise<Room> {
    const row = await this.one<Room>(
      `SELECT s.plan, ${LIMITS[thing]} AS "limit", ${COUNTS[thing]} AS used
         FROM sellers s LEFT JOIN plan_limits l ON l.plan = s.plan WHERE s.id = $1`,
      [sellerId],
    );
    return row!;
  }

  async allowance(sellerId: string): Promise<{ limits: PlanAllowance; usage: PlanUsage }> {
    const columns = PLAN_THINGS.map(
      (thing) => `'${thing}', json_build_array(${LIMITS[thing]}, ${COUNTS[thing]})`,
    );
    const row = await this.one<{ things: Record<PlanThing, [number | null, number]> }>(
      `SELECT json_build_object(${columns.join(', ')}) AS things
         FROM sellers s LEFT JOIN plan_limits l ON l.plan = s.plan WHERE s.id = $1`,
      [sellerId],
    );
    const { things } = row!;
    const each = <T>(pick: (pair: [number | null, number]) => T) =>
      Object.fromEntries(PLAN_THINGS.map((thing) => [thing, pick(things[thing])])) as Record<
        PlanThing,
        T
      >;
    return { limits: each(([limit]) => limit), usage: each(([, used]) => used) };
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
