import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';

@Injectable()
export class KeyGuessesRepository extends Repository {
  /**
   * Counts an unknown key and gives the number of the window under way, which begins anew after
   * `windowSeconds`. Each number is given once, whichever process asks; 0 for an application that
   * was deleted meanwhile.
   */
  count(appId: string, windowSeconds: number): Promise<number> {
    return this.next({ table: 'key_guesses', column: 'app_id', of: 'apps' }, appId, windowSeconds);
  }

  /** The same of a key that named no application. */
  countOfSeller(sellerId: string, windowSeconds: number): Promise<number> {
    const counter = { table: 'seller_key_guesses', column: 'seller_id', of: 'sellers' };
    return this.next(counter, sellerId, windowSeconds);
  }

  private async next(
    { table, column, of }: Record<'table' | 'column' | 'of', string>,
    id: string,
    windowSeconds: number,
  ): Promise<number> {
    const row = await this.one<{ failures: number }>(
      `INSERT INTO ${table} AS g (${column}, failures, window_started_at)
       SELECT id, 1, now() FROM ${of} WHERE id = $1 FOR KEY SHARE
       ON CONFLICT (${column}) DO UPDATE SET
         failures = CASE WHEN g.window_started_at <= now() - make_interval(secs => $2)
                         THEN 1 ELSE g.failures + 1 END,
         window_started_at = CASE WHEN g.window_started_at <= now() - make_interval(secs => $2)
                                  THEN now() ELSE g.window_started_at END
       RETURNING failures::float8`,
      [id, windowSeconds],
    );
    return row?.failures ?? 0;
  }
}
