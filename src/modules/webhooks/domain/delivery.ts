/** `FAILED` was given up; a replay takes it up again. */
export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One try of the log. */
export interface PastAttempt {
  /** ISO-8601. */
  readonly at: string;
  /** 0 when no answer came. */
  readonly statusCode: number;
  readonly failure: string | null;
  readonly durationMs: number;
}

/** What came of a try. */
export interface Attempted {
  /** Of the answer; 0 when none came. */
  readonly status: number;
  readonly failure: string | null;
  /** How long the receiver said to wait; null when it said nothing. */
  readonly retryAfterSeconds: number | null;
}

/** What follows from a try. */
export interface Verdict {
  readonly status: DeliveryStatus;
  /** Tries that counted so far. */
  readonly attempts: number;
  /** Seconds until the next try; 0 when there is none. */
  readonly delaySeconds: number;
  /** Whether the delay varies at random, so that what failed together does not come back together. */
  readonly jitter: boolean;
  /** Seconds for which the whole endpoint asked to be left alone. */
  readonly pauseSeconds: number;
  /** The receiver said that it is gone for good: 410. */
  readonly gone: boolean;
}

/**
 * Seconds from each try to the next: ten tries over three days and three hours (D-A17, the schedule
 * of Standard Webhooks).
 */
export const RETRY_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
export const MAX_ATTEMPTS = RETRY_SECONDS.length + 1;

/** A delay varies by this part of itself, in both directions. */
export const JITTER = 0.2;

/** A receiver may ask for a day at most. */
const RETRY_AFTER_MAX_SECONDS = 86_400;
/** A delivery that was only ever told to wait is given up at this age. */
export const WAITING_MAX_SECONDS = 345_600;

const GONE = 410;
const TOO_MANY = 429;
const BUSY = 503;

/** Only 2xx is success; what follows is a matter of the schedule and of what the receiver said. */
export function judge(before: number, ageSeconds: number, attempted: Attempted): Verdict {
  const { status, retryAfterSeconds } = attempted;
  const end = { delaySeconds: 0, jitter: false, pauseSeconds: 0, gone: false };
  if (status >= 200 && status < 300) return { ...end, status: 'DELIVERED', attempts: before + 1 };
  if (status === GONE) return { ...end, status: 'FAILED', attempts: before + 1, gone: true };
  const asked = Math.min(retryAfterSeconds ?? 0, RETRY_AFTER_MAX_SECONDS);
  const pauseSeconds = status === TOO_MANY || status === BUSY ? asked : 0;
  // Told to wait is not a failure: it costs none of the ten tries, only time.
  if (status === TOO_MANY && retryAfterSeconds !== null && ageSeconds < WAITING_MAX_SECONDS) {
    const delaySeconds = Math.max(1, asked);
    return { ...end, status: 'PENDING', attempts: before, delaySeconds, pauseSeconds };
  }
  const attempts = before + 1;
  const usual = RETRY_SECONDS[before];
  if (usual === undefined) return { ...end, status: 'FAILED', attempts, pauseSeconds };
  const jitter = asked <= usual * (1 - JITTER);
  const delaySeconds = jitter ? usual : Math.max(usual, asked);
  return { ...end, status: 'PENDING', attempts, delaySeconds, jitter, pauseSeconds };
}

/**
 * Seconds that a receiver asks to wait: header `Retry-After` as a number or a date (RFC 9110), or
 * Discord's `retry_after` in the body. Null when it asks nothing.
 */
export function retryAfterSeconds(
  header: string | null,
  body: string,
  nowMs: number,
): number | null {
  if (header !== null && /^\d+(\.\d+)?$/.test(header.trim())) return Math.ceil(Number(header));
  const date = header === null ? NaN : Date.parse(header);
  if (!Number.isNaN(date)) return Math.max(0, Math.ceil((date - nowMs) / 1_000));
  const told = /"retry_after"\s*:\s*(\d+(?:\.\d+)?)/.exec(body);
  return told ? Math.ceil(Number(told[1])) : null;
}
