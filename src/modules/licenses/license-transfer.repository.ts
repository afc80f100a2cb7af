import { Injectable } from '@nestjs/common';
import { isoSql, Judgement, JUDGEMENT_SQL, Repository } from '../../platform/database';
import type { ExportEntry, LicenseRecord } from './license-transfer';

/** Where the columns of a staged licence stand in its JSON; what is absent takes its default. */
const STAGED = `
  id uuid, key text, hold text, "activatedAt" timestamptz, "expiresAt" timestamptz,
  "durationSeconds" integer, level integer, "maxDevices" integer, prefix text, note text,
  subscription text, "devicesResetAt" timestamptz, "createdAt" timestamptz, staff boolean,
  "maxAddresses" integer, "discordId" text, "discordUsername" text, "discordDiscriminator" text`;

/** The columns a file may speak of: its field, the column, and how to compare them. */
const COMPARED: readonly (readonly [field: string, existing: string, type?: string])[] = [
  ['hold', 'l.hold'],
  ['activatedAt', "date_trunc('milliseconds', l.activated_at)", 'timestamptz'],
  ['expiresAt', "date_trunc('milliseconds', l.expires_at)", 'timestamptz'],
  ['durationSeconds', 'l.duration_seconds', 'integer'],
  ['level', 'l.level', 'integer'],
  ['maxDevices', 'l.max_devices', 'integer'],
  ['prefix', 'l.prefix'],
  ['note', 'l.note'],
  ['subscription', 'l.subscription'],
  ['devicesResetAt', "date_trunc('milliseconds', l.devices_reset_at)", 'timestamptz'],
  ['createdAt', "date_trunc('milliseconds', l.created_at)", 'timestamptz'],
  ['staff', 'l.staff', 'boolean'],
  ['maxAddresses', 'l.max_addresses', 'integer'],
  ['discordId', 'l.discord_id'],
  ['discordUsername', 'l.discord_username'],
  ['discordDiscriminator', 'l.discord_discriminator'],
];

/** SQL of the names of the fields in which the licence `l` is not what the staged row `d` says. */
const DIFFERENCES = `array_remove(ARRAY[
  ${COMPARED.map(
    ([field, existing, type = 'text']) =>
      `CASE WHEN d ? '${field}' AND (d->>'${field}')::${type} IS DISTINCT FROM ${existing} THEN '${field}' END`,
  ).join(',\n  ')},
  CASE WHEN d ? 'devices' AND ARRAY(SELECT e->>'hwid' FROM jsonb_array_elements(d->'devices') e ORDER BY 1)
         IS DISTINCT FROM ARRAY(SELECT hwid FROM license_devices WHERE license_id = l.id AND released_at IS NULL ORDER BY 1)
       THEN 'devices' END,
  CASE WHEN d ? 'addresses' AND ARRAY(SELECT jsonb_array_elements_text(d->'addresses') ORDER BY 1)
         IS DISTINCT FROM ARRAY(SELECT address FROM license_addresses WHERE license_id = l.id ORDER BY 1)
       THEN 'addresses' END
], NULL)`;

/** Many licences at once. The rows of a file stand in `import_rows`, staged by the importer. */
@Injectable()
export class LicenseTransferRepository extends Repository {
  /** What importing the keys of the file would do. */
  async judgeKeys(importId: string, appId: string): Promise<Judgement> {
    const [judgement] = await this.slowRows<Judgement>(
      `WITH staged AS (
         SELECT row_number, data AS d, data->>'key' AS key,
                first_value(row_number) OVER (PARTITION BY data->>'key' ORDER BY row_number) AS first_row
           FROM import_rows WHERE import_id = $1 AND kind = 'license'
       ), judged AS MATERIALIZED (
         SELECT row_number, l.id IS NOT NULL AS known,
                CASE WHEN first_row < row_number THEN ARRAY['key', 'stands in row ' || first_row || ' already']
                     WHEN cardinality(differences) > 0
                     THEN ARRAY['key', 'exists already, with another ' || array_to_string(differences, ', ')]
                END AS problem
           FROM staged
           LEFT JOIN licenses l ON l.app_id = $2 AND l.key = staged.key
           LEFT JOIN LATERAL (SELECT ${DIFFERENCES} AS differences WHERE l.id IS NOT NULL) c ON true
       ) ${JUDGEMENT_SQL}`,
      [importId, appId],
    );
    return judgement!;
  }

  /** The same for licences behind users: those of users who exist are compared, the others are new. */
  async judgeIssued(importId: string): Promise<Judgement> {
    const [judgement] = await this.slowRows<Judgement>(
      `WITH staged AS (
         SELECT row_number, data AS d, (data->>'userExists')::boolean AS known, (data->>'licenseId')::uuid AS license_id
           FROM import_rows WHERE import_id = $1 AND kind = 'issued'
       ), judged AS MATERIALIZED (
         SELECT row_number, known,
                CASE WHEN known AND l.id IS NULL THEN ARRAY['username', 'exists already, without a licence']
                     WHEN cardinality(differences) > 0
                     THEN ARRAY['username', 'exists already, with another ' || array_to_string(differences, ', ')]
                END AS problem
           FROM staged
           LEFT JOIN licenses l ON l.id = staged.license_id
           LEFT JOIN LATERAL (SELECT ${DIFFERENCES} AS differences WHERE l.id IS NOT NULL) c ON true
       ) ${JUDGEMENT_SQL}`,
      [importId],
    );
    return judgement!;
  }

  /** Makes the staged licences that do not exist yet, with their devices; returns how many. */
  async create(importId: string, appId: string): Promise<number> {
    const [made] = await this.slowRows<{ count: number }>(
      `WITH staged AS (
         SELECT n.*, r.kind, r.row_number, r.data->'devices' AS devices, r.data->'addresses' AS addresses,
                CASE WHEN r.kind = 'issued' THEN coalesce(n."activatedAt", now()) ELSE n."activatedAt" END AS used_since
           FROM import_rows r, jsonb_to_record(r.data) AS n(${STAGED})
          WHERE r.import_id = $1 AND r.kind IN ('license', 'issued')
            AND CASE WHEN r.kind = 'issued' THEN NOT (r.data->>'userExists')::boolean
                     ELSE NOT EXISTS (SELECT 1 FROM licenses l WHERE l.app_id = $2 AND l.key = n.key) END
       ), made AS (
         INSERT INTO licenses (id, app_id, key, duration_seconds, level, max_devices, prefix, note, subscription,
                               hold, activated_at, expires_at, devices_reset_at, created_at, staff, max_addresses,
                               discord_id, discord_username, discord_discriminator)
         SELECT id, $2, key, "durationSeconds", coalesce(level, 1), coalesce("maxDevices", 1), prefix, note, subscription,
                hold, used_since, "expiresAt", "devicesResetAt", coalesce("createdAt", now()), coalesce(staff, false), coalesce("maxAddresses", 0),
                "discordId", "discordUsername", "discordDiscriminator"
           FROM staged ORDER BY row_number
         RETURNING id
       ), bound AS (
         INSERT INTO license_devices (id, license_id, hwid, bound_at)
         SELECT (e->>'id')::uuid, s.id, e->>'hwid',
                coalesce((e->>'boundAt')::timestamptz, now()) + place * interval '1 microsecond'
           FROM staged s JOIN made ON made.id = s.id,
                jsonb_array_elements(s.devices) WITH ORDINALITY AS x(e, place)
       ), met AS (
         INSERT INTO license_addresses (id, license_id, address, bound_at)
         SELECT gen_random_uuid(), s.id, address, now() + place * interval '1 microsecond'
           FROM staged s JOIN made ON made.id = s.id,
                jsonb_array_elements_text(s.addresses) WITH ORDINALITY AS x(address, place)
       )
       SELECT count(*)::int AS count FROM made`,
      [importId, appId],
    );
    return made!.count;
  }

  /** Licences in the order of their keys, after `key`, and how many devices and addresses each has. */
  entries(appId: string, key: string, limit: number): Promise<ExportEntry[]> {
    return this.rows(
      `SELECT l.id, l.key,
              ((SELECT count(*) FROM license_devices WHERE license_id = l.id AND released_at IS NULL)
                + (SELECT count(*) FROM license_addresses WHERE license_id = l.id))::int AS bindings
         FROM (SELECT id, key FROM licenses WHERE app_id = $1 AND key > $2 ORDER BY key LIMIT $3) l
        ORDER BY l.key`,
      [appId, key, limit],
    );
  }

  /** These licences in the order of their keys, as they are written into files. */
  exported(ids: readonly string[]): Promise<LicenseRecord[]> {
    return this.rows(
      `SELECT l.key, l.hold, ${isoSql('l.activated_at')} AS activated_at, ${isoSql('l.expires_at')} AS expires_at,
              l.duration_seconds, l.level, l.max_devices, l.prefix, l.note, l.subscription,
              ${isoSql('l.devices_reset_at')} AS devices_reset_at, ${isoSql('l.created_at')} AS created_at, d.devices,
              l.staff, l.max_addresses, l.discord_id, l.discord_username, l.discord_discriminator,
              ARRAY(SELECT address FROM license_addresses WHERE license_id = l.id ORDER BY bound_at, id) AS addresses
         FROM licenses l
         LEFT JOIN LATERAL (
           SELECT coalesce(json_agg(json_build_object('hwid', hwid, 'boundAt', ${isoSql('bound_at')}) ORDER BY bound_at, id), '[]') AS devices
             FROM license_devices WHERE license_id = l.id AND released_at IS NULL) d ON true
        WHERE l.id = ANY($1) ORDER BY l.key`,
      [ids],
    );
  }

  /** Writes licences straight from lines of COPY, past every rule but the table's own. */
  async load(columns: readonly string[], lines: Iterable<string>): Promise<number> {
    await this.allowSlow(3_600);
    const rows = await this.copyIn('licenses', columns, lines);
    // The planner must not take the table for the empty one it was.
    await this.slowRows('ANALYZE licenses');
    return rows;
  }
}
