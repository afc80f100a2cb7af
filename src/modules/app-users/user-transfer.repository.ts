import { Injectable } from '@nestjs/common';
import { FOREIGN_MARK, NO_PASSWORD } from '../../platform/crypto';
import { isoSql, Judgement, JUDGEMENT_SQL, Repository } from '../../platform/database';
import type { StoredUser } from './user-transfer';

/** Where the columns of a staged user stand in its JSON; what is absent takes its default. */
const STAGED = `
  id uuid, username text, "usernameKey" text, "passwordHash" text, status text, "banReason" text, note text,
  "licenseKey" text, "lastLoginAt" timestamptz, "lastIp" text, "lastHwid" text, "emailSha1" text, "createdAt" timestamptz`;

/** Our hash has taken the place of one from elsewhere, as at a first sign-in: nobody can compare them. */
const HASH_REPLACED = `starts_with(d->>'passwordHash', '${FOREIGN_MARK}')
  AND u.password_hash <> '${NO_PASSWORD}' AND NOT starts_with(u.password_hash, '${FOREIGN_MARK}')`;

/** The user signed in here after all that the file knows of: what it says of the last time is history. */
const SIGNED_IN_SINCE = `date_trunc('milliseconds', u.last_login_at)
  > coalesce((d->>'lastLoginAt')::timestamptz, '-infinity')`;

/** The columns a file may speak of: its field, the column, how to compare them, and when not to. */
const COMPARED: readonly (readonly [
  field: string,
  existing: string,
  type?: string,
  unless?: string,
])[] = [
  ['username', 'u.username'],
  ['passwordHash', 'u.password_hash', 'text', HASH_REPLACED],
  ['status', 'u.status'],
  ['banReason', 'u.ban_reason'],
  ['note', 'u.note'],
  ['lastLoginAt', "date_trunc('milliseconds', u.last_login_at)", 'timestamptz', SIGNED_IN_SINCE],
  ['lastIp', 'u.last_ip', 'text', SIGNED_IN_SINCE],
  ['lastHwid', 'u.last_hwid', 'text', SIGNED_IN_SINCE],
  ['emailSha1', 'u.email_sha1'],
  ['createdAt', "date_trunc('milliseconds', u.created_at)", 'timestamptz'],
];

/** SQL of the names of the fields in which the user `u` is not what the staged row `d` says. */
const DIFFERENCES = `array_remove(ARRAY[
  ${COMPARED.map(
    ([field, existing, type = 'text', unless = 'false']) =>
      `CASE WHEN d ? '${field}' AND (d->>'${field}')::${type} IS DISTINCT FROM ${existing}
             AND (${unless}) IS NOT TRUE THEN '${field}' END`,
  ).join(',\n  ')},
  CASE WHEN d ? 'licenseKey' AND u.license_id IS DISTINCT FROM l.id THEN 'licenseKey' END
], NULL)`;

/**
 * Many users at once. The rows of a file stand in `import_rows`, staged by the importer. A user's
 * licence is found by its key, so these statements look at the licences as well.
 */
@Injectable()
export class UserTransferRepository extends Repository {
  /** Stages the licences to be issued behind the users of the file, beside those they have already. */
  async stageIssued(importId: string, appId: string): Promise<void> {
    await this.slowRows(
      `INSERT INTO import_rows (import_id, kind, row_number, data)
       SELECT r.import_id, 'issued', r.row_number,
              r.data->'issue' || jsonb_build_object('userExists', u.id IS NOT NULL, 'licenseId', u.license_id)
                || CASE WHEN u.id IS NULL
                        THEN jsonb_build_object('note', 'Issued with user ' || (r.data->>'username')) ELSE '{}' END
         FROM import_rows r
         LEFT JOIN app_users u ON u.app_id = $2 AND u.username_key = r.data->>'usernameKey'
        WHERE r.import_id = $1 AND r.kind = 'user' AND r.data ? 'issue'`,
      [importId, appId],
    );
  }

  /** What importing the users of the file would do, its licences being there. */
  async judge(importId: string, appId: string): Promise<Judgement> {
    const [judgement] = await this.slowRows<Judgement>(
      `WITH staged AS (
         SELECT row_number, data AS d, data->>'usernameKey' AS name, data->>'licenseKey' AS key,
                first_value(row_number) OVER (PARTITION BY data->>'usernameKey' ORDER BY row_number) AS first_name,
                first_value(row_number) OVER (PARTITION BY data->>'licenseKey' ORDER BY row_number) AS first_key
           FROM import_rows WHERE import_id = $1 AND kind = 'user'
       ), in_file AS (
         SELECT data->>'key' AS key, bool_or(data->>'activatedAt' IS NOT NULL) AS used
           FROM import_rows WHERE import_id = $1 AND kind = 'license' GROUP BY 1
       ), judged AS MATERIALIZED (
         SELECT row_number, u.id IS NOT NULL AS known,
                CASE WHEN first_name < row_number THEN ARRAY['username', 'stands in row ' || first_name || ' already']
                     WHEN s.key IS NOT NULL AND first_key < row_number
                     THEN ARRAY['licenseKey', 'belongs to the user of row ' || first_key || ' already']
                     WHEN s.key IS NOT NULL AND l.id IS NULL AND f.key IS NULL
                     THEN ARRAY['licenseKey', 'is no licence of the application, nor of the file']
                     WHEN owner.id IS DISTINCT FROM u.id AND owner.id IS NOT NULL
                     THEN ARRAY['licenseKey', 'belongs to another user']
                     WHEN s.key IS NOT NULL AND NOT CASE WHEN l.id IS NULL THEN f.used ELSE l.activated_at IS NOT NULL END
                     THEN ARRAY['licenseKey', 'is a licence without activatedAt: a user''s is in use']
                     WHEN cardinality(differences) > 0
                     THEN ARRAY['username', 'exists already, with another ' || array_to_string(differences, ', ')]
                END AS problem
           FROM staged s
           LEFT JOIN app_users u ON u.app_id = $2 AND u.username_key = s.name
           LEFT JOIN licenses l ON l.app_id = $2 AND l.key = s.key
           LEFT JOIN in_file f ON f.key = s.key AND l.id IS NULL
           LEFT JOIN app_users owner ON owner.license_id = l.id
           LEFT JOIN LATERAL (SELECT ${DIFFERENCES} AS differences WHERE u.id IS NOT NULL) c ON true
       ) ${JUDGEMENT_SQL}`,
      [importId, appId],
    );
    return judgement!;
  }

  /** Makes the staged users that do not exist yet; returns how many. */
  async create(importId: string, appId: string): Promise<number> {
    const [made] = await this.slowRows<{ count: number }>(
      `WITH made AS (
         INSERT INTO app_users (id, app_id, license_id, username, username_key, password_hash, status, ban_reason, note,
                                last_login_at, last_ip, last_hwid, email_sha1, created_at)
         SELECT n.id, $2, coalesce((r.data->'issue'->>'id')::uuid, l.id), n.username, n."usernameKey", coalesce(n."passwordHash", '${NO_PASSWORD}'),
                coalesce(n.status, 'ACTIVE'), n."banReason", n.note, n."lastLoginAt", n."lastIp", n."lastHwid",
                n."emailSha1", coalesce(n."createdAt", now())
           FROM import_rows r
          CROSS JOIN LATERAL jsonb_to_record(r.data) AS n(${STAGED})
           LEFT JOIN licenses l ON l.app_id = $2 AND l.key = n."licenseKey"
          WHERE r.import_id = $1 AND r.kind = 'user'
            AND NOT EXISTS (SELECT 1 FROM app_users u WHERE u.app_id = $2 AND u.username_key = n."usernameKey")
          ORDER BY r.row_number
         RETURNING 1
       ) SELECT count(*)::int AS count FROM made`,
      [importId, appId],
    );
    return made!.count;
  }

  /** Users in the order of their compared names, after `name`, as they are stored. */
  exported(appId: string, name: string, limit: number): Promise<StoredUser[]> {
    return this.rows(
      `SELECT u.username, u.username_key, u.password_hash, u.status, u.ban_reason, u.note, l.key AS license_key,
              ${isoSql('u.last_login_at')} AS last_login_at, u.last_ip, u.last_hwid, u.email_sha1,
              ${isoSql('u.created_at')} AS created_at
         FROM (SELECT * FROM app_users WHERE app_id = $1 AND username_key > $2 ORDER BY username_key LIMIT $3) u
         LEFT JOIN licenses l ON l.id = u.license_id
        ORDER BY u.username_key`,
      [appId, name, limit],
    );
  }

  /** Makes users named `user1` to `user<count>`, one behind each of the application's licences in use. */
  async seed(appId: string, passwordHash: string, count: number): Promise<number> {
    await this.allowSlow(3_600);
    const [made] = await this.slowRows<{ count: number }>(
      `WITH made AS (
         INSERT INTO app_users (id, app_id, license_id, username, username_key, password_hash, created_at)
         SELECT gen_random_uuid(), $1, l.id, 'user' || l.n, 'user' || l.n, $2, l.created_at
           FROM (SELECT id, created_at, row_number() OVER (ORDER BY created_at, id) AS n
                   FROM licenses WHERE app_id = $1 AND hold IS NULL AND activated_at IS NOT NULL
                  ORDER BY created_at, id LIMIT $3) l
         RETURNING 1
       ) SELECT count(*)::int AS count FROM made`,
      [appId, passwordHash, count],
    );
    return made!.count;
  }
}
