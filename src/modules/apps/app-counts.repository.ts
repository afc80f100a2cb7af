import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';
import type { AppCountEntity } from './entities/app-count.entity';

interface Sum {
  readonly appId: string;
  readonly thing: AppCountEntity['thing'];
  readonly total: number;
}

@Injectable()
export class AppCountsRepository extends Repository {
  sums(appIds: readonly string[]): Promise<Sum[]> {
    return this.rows(
      `SELECT app_id, thing, sum(change)::int AS total FROM app_counts
        WHERE app_id = ANY($1) GROUP BY app_id, thing`,
      [appIds],
    );
  }

  /** Adds up the changes of a batch of applications into one row each; returns how many rows went. */
  async addUp(): Promise<number> {
    const row = await this.one<{ gone: number }>(
      `WITH due AS (
         SELECT app_id, thing FROM app_counts GROUP BY app_id, thing HAVING count(*) > 1 LIMIT 500),
       gone AS (
         DELETE FROM app_counts c USING due WHERE c.app_id = due.app_id AND c.thing = due.thing
         RETURNING c.app_id, c.thing, c.change),
       kept AS (
         INSERT INTO app_counts (app_id, thing, change)
         SELECT app_id, thing, sum(change) FROM gone GROUP BY app_id, thing HAVING sum(change) <> 0)
       SELECT count(*)::int AS gone FROM gone`,
    );
    return row!.gone;
  }
}
