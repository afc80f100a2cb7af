/** What is wrong with a row of a file. */
export interface RowProblem {
  /** Position in its part of the file, from 1. */
  readonly row: number;
  readonly field: string;
  readonly message: string;
}

/** What importing staged rows would do. */
export interface Judgement {
  /** Rows that do not exist yet. */
  readonly created: number;
  /** Rows that exist, equal in all that the file says of them. */
  readonly unchanged: number;
  /** Rows that cannot be imported; the first of them are listed. */
  readonly problemCount: number;
  readonly problems: readonly RowProblem[];
}

/** Problems that a judgement lists, and a report in all. */
export const PROBLEMS_LISTED = 1_000;

/**
 * SQL that sums up a Judgement from the rows `judged (row_number, known, problem)`: whether the row
 * exists, and `ARRAY[field, message]` when it cannot be imported.
 */
export const JUDGEMENT_SQL = `
  SELECT count(*) FILTER (WHERE problem IS NULL AND NOT known)::int AS created,
         count(*) FILTER (WHERE problem IS NULL AND known)::int AS unchanged,
         count(problem)::int AS problem_count,
         (SELECT coalesce(json_agg(json_build_object('row', row_number, 'field', problem[1], 'message', problem[2])
                                   ORDER BY row_number), '[]')
            FROM (SELECT * FROM judged WHERE problem IS NOT NULL ORDER BY row_number LIMIT ${PROBLEMS_LISTED}) first
         ) AS problems
    FROM judged`;
