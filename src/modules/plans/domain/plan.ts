/** What a plan counts and this server holds against its limit (D-A20). */
export const PLAN_THINGS = ['apps', 'keys', 'users', 'storageBytes'] as const;
export type PlanThing = (typeof PLAN_THINGS)[number];

/** Every limit of a plan, as the operator names them. */
export const PLAN_LIMITS = [...PLAN_THINGS, 'scripts', 'obfuscationsPerMonth'] as const;
export type PlanLimitName = (typeof PLAN_LIMITS)[number];

/** A number for each thing; a limit of null is none. */
export type PlanUsage = Readonly<Record<PlanThing, number>>;
export type PlanAllowance = Readonly<Record<PlanThing, number | null>>;

const WORDS: Readonly<Record<PlanThing, string>> = {
  apps: 'applications',
  keys: 'license keys',
  users: 'users',
  storageBytes: 'bytes of files',
};

/** What the seller reads when there is no room for `asked` more; null when there is. */
export function limitProblem(
  plan: string,
  thing: PlanThing,
  limit: number | null,
  used: number,
  asked: number,
): string | null {
  if (limit === null || used + asked <= limit) return null;
  const more = asked === 1 ? 'one more' : `${asked} more`;
  return `The ${plan} plan allows ${limit} ${WORDS[thing]}; you have ${used} and asked for ${more}`;
}
