import { Injectable } from '@nestjs/common';
import { Judgement, JUDGEMENT_SQL, Repository } from '../../platform/database';

export type StagedKind = 'license' | 'user' | 'subscription';

const CLEAR_STEP = 20_000;
const MANY = 5_000;
/** Longer than any import can take: what is older was left behind by a process that died. */
const ABANDONED = "interval '3 hours'";

/** The rows of a file between being read and being judged as a whole. Outside any transaction. */
@Injectable()
export class ImportRowsRepository extends Repository {
  /** Stages rows, each the JSON text of `{kind, row, data}`. */
  async add(importId: string, rows: readonly string[]): Promise<void> {
    await this.affected(
      `INSERT INTO import_rows (import_id, kind, row_number, data)
       SELECT $1, r.kind, r.row, r.data FROM jsonb_to_recordset($2::jsonb) AS r(kind text, row integer, data jsonb)`,
      [importId, `[${rows.join(',')}]`],
    );
  }

  /** Tells the planner about very many rows. It is no loss when it cannot. */
  async prepare(staged: Record<StagedKind, { readonly count: number }>): Promise<void> {
    const { license, user, subscription } = staged;
    if (license.count + user.count + subscription.count < MANY) return;
    await this.affected('ANALYZE import_rows').catch(() => undefined);
  }

  /**
   * Begins the judgement of an import inside a transaction: its statements may take `seconds` each,
   * and imports into one application take turns from here on.
   */
  async begin(appId: string, seconds: number): Promise<void> {
    await this.allowSlow(seconds);
    await this.allowWaiting(seconds);
    await this.slowRows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `latchkey import ${appId}`,
    ]);
  }

  /** Subscriptions that name no user of the file. */
  async judgeSubscriptions(importId: string): Promise<Judgement> {
    const [judgement] = await this.slowRows<Judgement>(
      `WITH names AS (
         SELECT DISTINCT data->>'usernameKey' AS name FROM import_rows WHERE import_id = $1 AND kind = 'user'
       ), judged AS MATERIALIZED (
         SELECT s.row_number, true AS known,
                CASE WHEN n.name IS NULL THEN ARRAY['user', 'is no user of the file'] END AS problem
           FROM import_rows s LEFT JOIN names n ON n.name = s.data->>'usernameKey'
          WHERE s.import_id = $1 AND s.kind = 'subscription'
       ) ${JUDGEMENT_SQL}`,
      [importId],
    );
    return judgement!;
  }

  /** Gives each user the subscription that lasts longest; who has none gets no licence. */
  async subscribe(importId: string): Promise<void> {
    await this.slowRows(
      `WITH latest AS (
         SELECT DISTINCT ON (name) data->>'usernameKey' AS name,
                jsonb_build_object('expiresAt', data->'expiresAt', 'subscription', data->'subscription') AS terms
           FROM import_rows WHERE import_id = $1 AND kind = 'subscription'
          ORDER BY name, (data->>'expiresAt')::timestamptz DESC NULLS FIRST, row_number
       )
       UPDATE import_rows u
          SET data = CASE WHEN l.name IS NULL THEN (u.data - 'issue') || '{"licenseKey": null}'
                          ELSE jsonb_set(u.data, '{issue}', u.data->'issue' || l.terms) END
         FROM import_rows s LEFT JOIN latest l ON l.name = s.data->>'usernameKey'
        WHERE u.import_id = $1 AND u.kind = 'user'
          AND s.import_id = u.import_id AND s.kind = u.kind AND s.row_number = u.row_number`,
      [importId],
    );
  }

  /** Removes what was staged, a step at a time. */
  async clear(importId: string): Promise<void> {
    for (let gone = CLEAR_STEP; gone === CLEAR_STEP;) {
      gone = await this.affected(
        `DELETE FROM import_rows WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM import_rows WHERE import_id = $1 LIMIT ${CLEAR_STEP}))`,
        [importId],
      );
    }
  }

  /** Removes rows that imports left behind when their process died; returns how many. */
  clearAbandoned(): Promise<number> {
    return this.affected(
      `DELETE FROM import_rows WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM import_rows WHERE created_at < now() - ${ABANDONED} LIMIT ${CLEAR_STEP}))`,
    );
  }
}
