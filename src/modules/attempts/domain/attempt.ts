import type { Origin } from '../../../kernel';

/** One try of a client to get in, as it is told to the log. */
export interface Attempt {
  /** The tenant whose door it was. */
  readonly sellerId: string;
  /** Null when the client named no application. */
  readonly appId: string | null;
  /** Name of the wire. */
  readonly wire: string;
  /** What the client asked for, such as `authenticate`. */
  readonly action: string;
  /** `granted`, or the code of the refusal. */
  readonly outcome: string;
  readonly licenseId?: string | null;
  /** As the client wrote it; kept as a keyed hash and masked. */
  readonly licenseKey?: string | null;
  readonly username?: string | null;
  readonly hwid?: string | null;
  /** Where the client says it runs, if its wire lets it say so. */
  readonly address?: string | null;
  readonly origin: Origin;
  /** What the decision looked at; never a secret, never a whole key. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Which attempts to list; what is absent does not filter. */
export interface AttemptFilter {
  readonly appId?: string;
  readonly wire?: string;
  readonly outcome?: 'granted' | 'refused';
  readonly licenseKey?: string;
  readonly hwid?: string;
  /** A declared address. */
  readonly address?: string;
  readonly username?: string;
  readonly requestId?: string;
}

/** What came to an application by one wire within one day (UTC). */
export interface DayOfAttempts {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly attempts: number;
  readonly successes: number;
  readonly distinctAddresses: number;
  readonly distinctHwids: number;
}
