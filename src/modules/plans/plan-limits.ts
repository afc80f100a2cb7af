import { Injectable } from '@nestjs/common';
import { limitProblem, PlanAllowance, PlanLimitName, PlanThing, PlanUsage } from './domain/plan';
import { PlanErrors } from './domain/plans.errors';
import type { PlanLimitEntity } from './entities/plan-limit.entity';
import { PlansRepository } from './plans.repository';

/** A plan with its limits; null is no limit. */
export type Plan = Readonly<PlanLimitEntity>;

/** What a plan allows and what a seller has of it. */
export interface Allowance {
  readonly limits: PlanAllowance;
  readonly usage: PlanUsage;
}

/** Holds sellers to what their plan allows (D-A20). */
@Injectable()
export class PlanLimits {
  constructor(private readonly plans: PlansRepository) {}

  /**
   * Makes room for `count` more, inside the caller's transaction and before they are made. The
   * seller stays locked until it ends, so that two cannot take the same last place; a plan without
   * that limit locks nothing. Take it after the locks on licence and user.
   * What is given up in return, `released`, is not counted.
   * @throws PLAN_LIMIT_REACHED naming plan and limit
   */
  async reserve(sellerId: string, thing: PlanThing, count: number, released = 0): Promise<void> {
    const message = await this.problem(sellerId, thing, count, released);
    if (message) throw PlanErrors.PLAN_LIMIT_REACHED({ message });
  }

  /**
   * Whether there is room for `count` more at this moment, nobody being kept from taking it: for
   * refusing early what is then made and counted by `reserve`.
   * @throws PLAN_LIMIT_REACHED naming plan and limit
   */
  async requireRoom(sellerId: string, thing: PlanThing, count: number): Promise<void> {
    const { plan, limit, used } = await this.plans.room(sellerId, thing);
    const message = limitProblem(plan, thing, limit, used, count);
    if (message) throw PlanErrors.PLAN_LIMIT_REACHED({ message });
  }

  /** The same for a client program or a reseller, who are not told the seller's figures. */
  async reserveForOthers(sellerId: string, thing: PlanThing, count: number): Promise<void> {
    if (await this.problem(sellerId, thing, count, 0)) throw PlanErrors.PLAN_LIMIT_REACHED();
  }

  /** One statement. */
  allowance(sellerId: string): Promise<Allowance> {
    return this.plans.allowance(sellerId);
  }

  /** Every plan, the smallest first. */
  list(): Promise<Plan[]> {
    return this.plans.all();
  }

  /** @throws PLAN_UNKNOWN */
  async require(plan: string): Promise<void> {
    if (!(await this.plans.exists(plan))) throw PlanErrors.PLAN_UNKNOWN();
  }

  /**
   * Sets a limit; null is none. It holds for what is made from now on: nothing is taken away.
   * @throws PLAN_UNKNOWN
   */
  async set(plan: string, limit: PlanLimitName, value: number | null): Promise<void> {
    if (!(await this.plans.setLimit(plan, limit, value))) throw PlanErrors.PLAN_UNKNOWN();
  }

  private async problem(
    sellerId: string,
    thing: PlanThing,
    count: number,
    released: number,
  ): Promise<string | null> {
    if (!(await this.plans.lockIfLimited(sellerId, thing))) return null;
    const { plan, limit, used } = await this.plans.room(sellerId, thing);
    return limitProblem(plan, thing, limit, used - released, count);
  }
}
