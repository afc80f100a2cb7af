/** The durations a licence can be sold for; exactly these [seed 000, doc]. */
export const DURATION_TYPES = ['1h', '1d', '7d', '30d', '90d', '365d', 'lifetime'] as const;
export type DurationType = (typeof DURATION_TYPES)[number];

export const HOUR_SECONDS = 3_600;
export const DAY_SECONDS = 86_400;

const SECONDS: Record<DurationType, number | null> = {
  '1h': HOUR_SECONDS,
  '1d': DAY_SECONDS,
  '7d': 7 * DAY_SECONDS,
  '30d': 30 * DAY_SECONDS,
  '90d': 90 * DAY_SECONDS,
  '365d': 365 * DAY_SECONDS,
  lifetime: null,
};

/** Whole seconds of a duration; null for `lifetime`. */
export function durationSeconds(type: DurationType): number | null {
  return SECONDS[type];
}

/** Instants on our wires have years of four digits. */
export const LAST_INSTANT = new Date('9999-12-31T23:59:59.999Z');

/** The instant `seconds` after `from`, or the last one there is; null (never) when `seconds` is null. */
export function addSeconds(from: Date, seconds: number | null): Date | null {
  if (seconds === null) return null;
  return new Date(Math.min(from.getTime() + seconds * 1_000, LAST_INSTANT.getTime()));
}

/** The name of a duration; `custom` for one that is not sold under a name. */
export function durationTypeOf(seconds: number | null): DurationType | 'custom' {
  return DURATION_TYPES.find((type) => SECONDS[type] === seconds) ?? 'custom';
}
