import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';

@Injectable()
export class KeyGuessesRepository extends Repository {
  /**
   * Counts an unknown key and gives the number of the window under way, which begins anew after
   * `windowSeconds`. Each number is given once, whichever process asks; 0 for an application that
   * was deleted meanwhile.
   */
  async count(appId: string, windowSeconds: number): Promise<number> {
    const row = await this.one<{ failures: number }>(
      `INSERT INTO key_guesses AS g (app_id, failures, window_started_at)
       SELECT id, 1, now() FROM apps WHERE id = $1 FOR KEY SHARE
       ON CONFLICT (app_id) DO UPDATE SET
         failures = CASE WHEN g.window_started_at <= now() - make_interval(secs => $2)
                         THEN 1 ELSE g.failures + 1 END,
         window_started_at = CASE WHEN g.window_started_at <= now() - make_interval(secs => $2)
                                  THEN now() ELSE g.window_started_at END
       RETURNING failures::float8`,
      [appId, windowSeconds],
    );
    return row?.failures ?? 0;
  }
}
