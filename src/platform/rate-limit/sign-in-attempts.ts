import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { CONFIG } from '../config-token';
import { KeyRing } from '../crypto';
import { Bind, Transactions } from '../database';
import { SignInGate } from './sign-in-gate';

/** The account a password is tried on: where it lives and its name, existing or not. */
export interface AttemptSubject {
  readonly scope: 'seller' | 'app-user';
  /** Keyed hash, so that the table does not list who was tried. */
  readonly key: Buffer;
}

/**
 * Counts password attempts per account name in the database: at most `LOGIN_MAX_ATTEMPTS`
 * verifications run before one succeeds, then none for `LOGIN_LOCK_SECONDS`. Unknown names are
 * counted like known ones, so the answers do not tell which exist.
 */
@Injectable()
export class SignInAttempts {
  private readonly gate = new SignInGate();

  constructor(
    private readonly keys: KeyRing,
    private readonly transactions: Transactions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  subject(scope: AttemptSubject['scope'], ...name: string[]): AttemptSubject {
    return { scope, key: this.keys.mac('attempt-subject', scope, ...name) };
  }

  /**
   * SQL of a row (`allowed boolean, retry_after integer`) that takes one attempt if any is left.
   * It belongs in the statement that looks the account up, so that both cost one round trip.
   */
  reserveSql(subject: AttemptSubject, bind: Bind): string {
    const { LOGIN_MAX_ATTEMPTS: max, LOGIN_LOCK_SECONDS: lock } = this.config;
    return `reserve_attempt(${bind(subject.scope)}, ${bind(subject.key)}, ${bind(max)}, ${bind(lock)})`;
  }

  /** Forgets the attempts on the subject with the commit of the open transaction. */
  clear(subject: AttemptSubject): void {
    this.transactions.defer(
      (bind) =>
        `DELETE FROM sign_in_attempts WHERE scope = ${bind(subject.scope)} AND subject = ${bind(subject.key)}`,
    );
  }

  /** Verifies equal attempts once and unequal ones in turn; see SignInGate. */
  pass<V, R>(
    subject: AttemptSubject,
    password: string,
    verify: () => Promise<V>,
    use: (verified: V) => Promise<R>,
  ): Promise<R> {
    const proof = this.keys.mac('password', password).toString('base64');
    return this.gate.pass(`${subject.scope}:${subject.key.toString('base64')}`, proof, verify, use);
  }
}
