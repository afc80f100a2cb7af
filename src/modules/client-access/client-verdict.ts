import type { Verdict } from '../../kernel';
import type { RefusalCode } from './domain/ladder';
import type { DataRefusal } from './domain/refusals';

/** Every refusal a client can meet, the sign-in lock included. */
export type ClientRefusal = RefusalCode | DataRefusal | 'CLIENT_SIGN_IN_LOCKED';
export type ClientVerdict<T> = Verdict<T, ClientRefusal>;

/** What a signed-in client is entitled to. */
export interface Entitlement {
  readonly username: string | null;
  readonly level: number;
  /** Null is for ever. */
  readonly expiresAt: Date | null;
  /** Name of the plan, if the licence has one. */
  readonly subscription: string | null;
}

export interface SignedIn extends Entitlement {
  readonly sessionToken: string;
  readonly sessionId: string;
  /** Null for a key without a user. */
  readonly userId: string | null;
  readonly licenseKey: string;
  /** First bound device. */
  readonly hwid: string | null;
}

export interface KeySignedIn extends SignedIn {
  /** Whether this call was the licence's first use. */
  readonly activated: boolean;
}

export interface LoginInput {
  readonly username: string;
  readonly password: string;
  readonly hwid: string | null;
}

export interface RegisterInput extends LoginInput {
  readonly licenseKey: string;
}

export interface KeyInput {
  readonly licenseKey: string;
  readonly hwid: string | null;
}
