import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { CONFIG } from '../config-token';
import { KeyRing } from '../crypto';
import { Bind, Transactions } from '../database';
import { AttemptsRepository, AttemptSubject } from './attempts.repository';
import { SignInGate } from './sign-in-gate';

/**
 * Counts password attempts per account name in the database: at most `LOGIN_MAX_ATTEMPTS`
 * verifications run before one succeeds, then none for `LOGIN_LOCK_SECONDS`. Unknown names are
 * counted like known ones, so the answers do not tell which exist. Tries from a device the account
 * knows are counted apart, so that a guesser elsewhere does not lock its owner out.
 */
@Injectable()
export class SignInAttempts {
  private readonly gate = new SignInGate();

  constructor(
    private readonly keys: KeyRing,
    private readonly transactions: Transactions,
    private readonly stored: AttemptsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  subject(scope: AttemptSubject['scope'], ...name: string[]): AttemptSubject {
    return { scope, key: this.keys.mac('attempt-subject', scope, ...name) };
  }

  /** The subject, tried from a device: a HWID, an address; null when it shows none. */
  from(subject: AttemptSubject, device: string | null): AttemptSubject {
    if (device === null) return subject;
    const { scope, key } = subject;
    return { scope, key, deviceKey: this.keys.mac('attempt-subject', scope, key, device) };
  }

  /** The subject whose budget was used, as the look-up told: the known device's or the common one. */
  used({ scope, key, deviceKey }: AttemptSubject, knownDevice: boolean): AttemptSubject {
    return { scope, key: (knownDevice && deviceKey) || key };
  }

  /**
   * SQL of a row (`allowed boolean, retry_after integer`) that takes one attempt if any is left.
   * It belongs in the statement that looks the account up, so that both cost one round trip.
   * `knownDevice` is a condition on that account: where it holds, the device's budget is used. An
   * unknown name has no row, so there it never does.
   */
  reserveSql(subject: AttemptSubject, bind: Bind, knownDevice = 'false'): string {
    const { LOGIN_MAX_ATTEMPTS: max, LOGIN_LOCK_SECONDS: lock } = this.config;
    const { scope, key, deviceKey = null } = subject;
    const used = `CASE WHEN ${knownDevice} THEN ${bind(deviceKey)}::bytea ELSE ${bind(key)} END`;
    return `reserve_attempt(${bind(scope)}, ${used}, ${bind(max)}, ${bind(lock)})`;
  }

  /** For how many seconds the subject is locked after a wrong try of that number; null: not yet. */
  lockedSeconds(attempts: number): number | null {
    const { LOGIN_MAX_ATTEMPTS, LOGIN_LOCK_SECONDS } = this.config;
    return attempts >= LOGIN_MAX_ATTEMPTS ? LOGIN_LOCK_SECONDS : null;
  }

  /** Forgets the attempts on the subject with the commit of the open transaction. */
  clear(subject: AttemptSubject): void {
    this.transactions.defer(this.stored.forgetting(subject));
  }

  /**
   * Verifies equal attempts once and unequal ones in turn (see SignInGate), then hands the outcome
   * to `use`. If that fails although the password was right (the database went away), the tries are
   * given back: an outage locks nobody out.
   */
  pass<V, R>(
    subject: AttemptSubject,
    password: string,
    verify: () => Promise<V>,
    isRight: (verified: V) => boolean,
    use: (verified: V) => Promise<R>,
  ): Promise<R> {
    const proof = this.keys.mac('password', password).toString('base64');
    const name = `${subject.scope}:${subject.key.toString('base64')}`;
    // A line for each device: behind a guesser's tries from elsewhere the owner would wait long.
    const line = `${name}:${subject.deviceKey?.toString('base64') ?? ''}`;
    return this.gate.pass({ name, line }, proof, verify, async (verified) => {
      try {
        return await use(verified);
      } catch (error) {
        if (isRight(verified)) await this.stored.forget(subject).catch(() => undefined);
        throw error;
      }
    });
  }
}
