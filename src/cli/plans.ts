import { Plan, PLAN_LIMITS, PlanLimitName, PlanLimits } from '../modules/plans';
import { SellerProfiles } from '../modules/sellers';
import { Command, CommandError } from './command';
import { withApp } from './with-app';

/** Largest limit the table holds. */
const LIMIT_MAX = 2_147_483_647;
const BYTES_MAX = Number.MAX_SAFE_INTEGER;

/** Prints what each plan allows. */
export const listPlans: Command = {
  name: 'plan list',
  help: 'plan list: what each plan allows',
  async run() {
    await withApp(async (app) => {
      for (const plan of await app.get(PlanLimits, { strict: false }).list()) {
        console.log(`${plan.plan}: ${limitsOf(plan)}`);
      }
    });
  },
};

/** Changes one limit of a plan. It holds for what is made from then on. */
export const setPlanLimit: Command = {
  name: 'plan set',
  help: `plan set <PLAN> <limit> <number|none>: limits are ${PLAN_LIMITS.join(', ')}`,
  async run([plan, limit, text]) {
    const name = PLAN_LIMITS.find((known) => known === limit);
    const value = name && parseLimit(name, text);
    if (!plan || !name || value === undefined) throw new CommandError(`usage: ${this.help}`);
    await withApp(async (app) => {
      await app.get(PlanLimits, { strict: false }).set(plan, name, value);
      console.log(`${plan}: ${name} ${value ?? 'none'}`);
    });
  },
};

/** Puts a seller on a plan. */
export const setSellerPlan: Command = {
  name: 'seller plan',
  help: 'seller plan <email> <PLAN>: put a seller on a plan',
  async run([email, plan]) {
    if (!email || !plan) throw new CommandError(`usage: ${this.help}`);
    await withApp(async (app, origin) => {
      await app.get(SellerProfiles, { strict: false }).assignPlan(email, plan, origin);
      console.log(`${email} is on ${plan}`);
    });
  },
};

function limitsOf(plan: Plan): string {
  return PLAN_LIMITS.map((name) => `${name} ${plan[name] ?? 'none'}`).join(', ');
}

/** The limit a text names; null for `none`, undefined for nonsense. */
function parseLimit(name: PlanLimitName, text = ''): number | null | undefined {
  if (text === 'none') return null;
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= (name === 'storageBytes' ? BYTES_MAX : LIMIT_MAX) ? value : undefined;
}
