import { Injectable } from '@nestjs/common';
import { Repository } from '../database';

@Injectable()
export class AttemptsRepository extends Repository {
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
