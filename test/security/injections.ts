/** In every payload, so that a statement that was made out of one is recognised by its text. */
export const MARK = 'zq7x';
/** A sequence that nobody uses: taking a number from it outlives even a rollback. */
export const CANARY = 's30canary';

const TAKE = `nextval('${CANARY}')`;

/** What would leave a trace if it were part of a statement. */
export const TELLING: readonly string[] = [
  `${MARK}'`,
  `${MARK}' OR '1'='1`,
  `${MARK}') OR ${TAKE}>0--`,
  `${MARK}'||${TAKE}||'`,
  `${MARK}'; SELECT ${TAKE};--`,
  `1 OR ${TAKE}>0 --${MARK}`,
  `＇＋${TAKE}＋＇${MARK}`,
];

/** One of each other family: boolean, union, stacked, timed, wildcards, types, comments, escapes. */
export const FAMILIES: readonly string[] = [
  `${MARK}"`,
  `${MARK}\\`,
  `${MARK}\\' OR 1=1--`,
  `${MARK}' OR 1=1 LIMIT 1 OFFSET 1--`,
  `${MARK}'/**/OR/**/1=1#`,
  `${MARK}' UNION ALL SELECT NULL,NULL,${TAKE}::text--`,
  `${MARK}')) UNION SELECT password_hash FROM sellers--`,
  `${MARK}'; DROP TABLE licenses CASCADE;--`,
  `${MARK}'; UPDATE sellers SET plan='ENTERPRISE';--`,
  `${MARK}'; COPY sellers TO '/tmp/${MARK}';--`,
  `${MARK}' AND 1=(SELECT 1 FROM pg_sleep(20))--`,
  `${MARK}');SELECT pg_sleep(20)--`,
  `(SELECT CASE WHEN ${TAKE}>0 THEN pg_sleep(20) END)${MARK}`,
  `${MARK}%`,
  `%${MARK}%`,
  `_${MARK}_`,
  `${MARK}\\%`,
  `$$${MARK}$$`,
  `$1${MARK}`,
  `:${MARK}`,
  `${MARK}::int`,
  `{${MARK}}`,
  `{"${MARK}":1}`,
  `{"$ne":"${MARK}"}`,
  `$.${MARK} ? (@ > 0)`,
  `ARRAY['${MARK}']`,
  `E'${MARK}\\x27'`,
  `U&'${MARK}\\0027'`,
  `${MARK}\u02bc OR 1=1`,
  `created_at;${MARK}`,
  `id) DESC; SELECT ${TAKE} --${MARK}`,
  `0x27${MARK}`,
  `-1 ${MARK}`,
  `NaN${MARK}`,
];

/** Each field takes what tells, and every fifth of the rest; the next field others. */
export function payloadsFor(turn: number): readonly string[] {
  return [...TELLING, ...FAMILIES.filter((_, index) => index % 5 === turn % 5)];
}
