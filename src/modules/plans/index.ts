/** Holds sellers to what their plan allows. */
export { PlanLimits } from './plan-limits';
export type { Allowance, Plan } from './plan-limits';
export { PLAN_LIMITS } from './domain/plan';
export type { PlanLimitName, PlanThing } from './domain/plan';
export { PlanErrors } from './domain/plans.errors';
export { PlansModule } from './plans.module';
