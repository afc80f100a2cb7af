import { DURATION_TYPES, DurationType, granted, refused, Verdict } from '../../../kernel';

export const RESELLER_STATUSES = ['ACTIVE', 'SUSPENDED'] as const;
export type ResellerStatus = (typeof RESELLER_STATUSES)[number];

/** Most credits that a reseller can hold. */
export const BALANCE_MAX = 1_000_000_000_000;
/** Credits; a purchase that goes down to this, or below, is told. */
export const LOW_BALANCE = 10;
/** Most credits that one top-up adds, and that one key costs. */
export const CREDITS_MAX = 1_000_000_000;
/** Most keys of one request [seed 000, «Max 50 per request»]. */
export const KEYS_MAX = 50;
/** A key costs one credit where the seller named no price [seed 000: 5 keys take 50 to 45]. */
const DEFAULT_PRICE = 1;

/** Credits a key by duration. */
export type Prices = Readonly<Partial<Record<DurationType, number>>>;

/** What a reseller may sell, and for how much. */
export interface SaleRules {
  readonly prices: Prices;
  /** Null is any. */
  readonly levels: readonly number[] | null;
  /** Null is any. */
  readonly durations: readonly DurationType[] | null;
}

export interface Order {
  readonly durationType: DurationType;
  readonly level: number;
  /** 1 to `KEYS_MAX`. */
  readonly count: number;
}

export interface Quote {
  /** Credits a key. */
  readonly unitPrice: number;
  /** Credits for all of them. */
  readonly cost: number;
}

export type SaleRefusal = 'RESELLER_NOT_ALLOWED' | 'INSUFFICIENT_BALANCE';

/**
 * What an order costs, or why it is refused: first whether the reseller may sell that at all, then
 * whether the balance covers it. Wires have checked the count; one that is none is a bug in a wire,
 * and must not become a negative cost.
 */
export function judgeOrder(
  { prices, levels, durations }: SaleRules,
  balance: number,
  { durationType, level, count }: Order,
): Verdict<Quote, SaleRefusal> {
  if (!Number.isInteger(count) || count < 1 || count > KEYS_MAX) {
    throw new RangeError(`an order of ${count} keys`);
  }
  const mayLevel = levels === null || levels.includes(level);
  const mayDuration = durations === null || durations.includes(durationType);
  if (!mayLevel || !mayDuration) return refused('RESELLER_NOT_ALLOWED', { durationType, level });
  const unitPrice = prices[durationType] ?? DEFAULT_PRICE;
  const cost = unitPrice * count;
  if (cost > balance) return refused('INSUFFICIENT_BALANCE', { cost, balance, count });
  return granted({ unitPrice, cost });
}

/** Prices in the order of the durations, whatever order they were sent in. */
export function ordered(prices: Prices): Prices {
  return Object.fromEntries(
    DURATION_TYPES.filter((type) => prices[type] !== undefined).map((type) => [type, prices[type]]),
  );
}
