import { Injectable } from '@nestjs/common';
import { DeferredWrite, Repository } from '../database';

/** The account a password is tried on: where it lives and its name, existing or not. */
export interface AttemptSubject {
  readonly scope: 'seller' | 'app-user' | 'reseller';
  /** Keyed hash, so that the table does not list who was tried. */
  readonly key: Buffer;
  /**
   * The budget of the device the password comes from, should the account know that device; see
   * `SignInAttempts.from`.
   */
  readonly deviceKey?: Buffer | null;
}

@Injectable()
export class AttemptsRepository extends Repository {
  /** The write that forgets the tries on a subject. */
  forgetting({ scope, key }: AttemptSubject): DeferredWrite {
    return (bind) =>
      `DELETE FROM sign_in_attempts WHERE scope = ${bind(scope)} AND subject = ${bind(key)}`;
  }

  /** Forgets the tries on the subject, from whatever device. */
  async forget({ scope, key, deviceKey }: AttemptSubject): Promise<void> {
    await this.affected('DELETE FROM sign_in_attempts WHERE scope = $1 AND subject IN ($2, $3)', [
      scope,
      key,
      deviceKey ?? null,
    ]);
  }

  /** Deletes a batch of subjects nobody tried for `restSeconds`; returns how many. */
  forgetRested(restSeconds: number): Promise<number> {
    return this.affected(
      `DELETE FROM sign_in_attempts WHERE (scope, subject) IN (
         SELECT scope, subject FROM sign_in_attempts
          WHERE last_at < now() - make_interval(secs => $1) LIMIT 5000)`,
      [restSeconds],
    );
  }
}
