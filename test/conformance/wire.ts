import type { TestApp } from '../factories';

/**
 * What a client program can be told, in words of the domain. A wire translates its own statuses,
 * codes and sentences into these; a story never sees anything else.
 */
export type Refusal =
  | 'wrong app credentials'
  | 'app paused'
  | 'blacklisted'
  | 'wrong user or password'
  | 'name taken'
  | 'unknown key'
  | 'key not usable to sign up'
  | 'user banned'
  | 'user frozen'
  | 'licence banned'
  | 'licence suspended'
  | 'licence revoked'
  | 'expired'
  | 'another device'
  | 'cooling down'
  | 'no session'
  | 'nothing there'
  | 'read-only'
  | 'code used up'
  | 'code redeemed before'
  | 'own code';

/** What a wire tells of a grant; what it does not say is absent. */
export interface Grant {
  readonly outcome: 'granted';
  /** Null is for ever. */
  readonly expiresAt?: Date | null;
  readonly level?: number;
  readonly session?: string;
  /** Of a variable. */
  readonly value?: string;
}

export type Outcome = Grant | { readonly outcome: Refusal };

export const PASSWORD_OF_STORIES = 'securepass123';

/**
 * A client program of one application. A wire without one of these verbs leaves it out: the
 * stories that need it are then not told on that wire.
 */
export interface Client {
  signUp?(name: string, key: string, device?: string): Promise<Outcome>;
  signIn?(name: string, device?: string): Promise<Outcome>;
  useKey?(key: string, device?: string): Promise<Outcome>;
  stillValid?(session: string): Promise<Outcome>;
  signOut?(session: string): Promise<Outcome>;
  /** A variable of the application. */
  readShared?(session: string, name: string): Promise<Outcome>;
  /** A variable of one's own. */
  keep?(session: string, name: string, value: string): Promise<Outcome>;
  recall?(session: string, name: string): Promise<Outcome>;
  /** A message; without a session before anybody signed in. */
  report?(session: string | null, message: string): Promise<Outcome>;
  redeem?(session: string, code: string): Promise<Outcome>;
}

export type Verb = keyof Client;

/** A wire under test: how its clients speak. One file in `wires/` each. */
export interface Wire {
  readonly name: string;
  /** Verbs its clients have. */
  readonly verbs: readonly Verb[];
  /** Whether a registration opens a session as well. */
  readonly signUpSignsIn?: boolean;
  /** What the record calls the use of a key; `client.license` when absent. */
  readonly keyAction?: string;
  /** Set where the use of a key opens no session. */
  readonly opensNoSession?: true;
  /** Refusals this wire cannot tell apart, each with the word it uses for them. */
  readonly blurs?: Partial<Record<Refusal, Refusal>>;
  clientOf(app: TestApp): Client;
}
