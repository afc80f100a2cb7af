import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log of attempts under traffic: days get their partition while rows arrive, what lies in the
 * last partition ends as well, refusals are found without passing the grants, and names whatever
 * their case. Keys tried without naming an application are counted for the seller; applications are
 * named by one spelling.
 */
export class AttemptsKept1763892000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COLUMNS);
    await runner.query(NAMES);
    await runner.query(`${KEEP_DAYS} SET search_path = ${await schemaOf(runner)}, pg_temp`);
    // From the first start on there is a partition for what arrives; nothing is old enough to go.
    await runner.query('SELECT keep_attempt_days(36500, 3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE seller_key_guesses;
      CREATE INDEX attempt_notices_due ON attempt_notices (next_try_at);
      DROP INDEX auth_attempts_refused, auth_attempts_username;
      ALTER TABLE auth_attempts DROP COLUMN username_key;
      CREATE INDEX auth_attempts_username ON auth_attempts (app_id, username, created_at, id) WHERE username IS NOT NULL;
    `);
    await runner.query(`${KEEP_DAYS_BEFORE} SET search_path FROM CURRENT`);
  }
}

async function schemaOf(runner: QueryRunner): Promise<string> {
  const [row] = (await runner.query('SELECT quote_ident(current_schema()) AS name')) as [
    { name: string },
  ];
  return row.name;
}

const COLUMNS = `
  CREATE INDEX auth_attempts_refused ON auth_attempts (app_id, created_at, id) WHERE outcome <> 'granted';

  ALTER TABLE auth_attempts ADD COLUMN username_key text;

  DROP INDEX auth_attempts_username;

  UPDATE auth_attempts SET username_key = lower(username) WHERE username IS NOT NULL;

  CREATE INDEX auth_attempts_username ON auth_attempts (app_id, username_key, created_at, id) WHERE username_key IS NOT NULL;

  -- A channel is due when its oldest notice is, which the other index finds.
  DROP INDEX attempt_notices_due;

  CREATE TABLE seller_key_guesses (
    seller_id uuid NOT NULL,
    failures bigint NOT NULL,
    window_started_at timestamptz NOT NULL,
    CONSTRAINT seller_key_guesses_pkey PRIMARY KEY (seller_id),
    CONSTRAINT seller_key_guesses_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );
`;

/** As names are written from now on, so that programs find those of before as well. */
const NAMES = `
  UPDATE apps SET name = normalize(btrim(name), NFC) WHERE name <> normalize(btrim(name), NFC);
`;

/**
 * Makes the partitions of today and the days ahead, and drops what is past the days to keep; tells
 * how many partitions that were. Runs with the rights of the owner, who alone may.
 */
const KEEP_DAYS = `
  CREATE OR REPLACE FUNCTION keep_attempt_days(p_keep integer, p_ahead integer)
  RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    first_kept timestamptz := (today - p_keep)::timestamp AT TIME ZONE 'UTC';
    day date;
    begins timestamptz;
    ends timestamptz;
    part text;
    dropped integer := 0;
  BEGIN
    -- One process at a time; the others have nothing left to do.
    IF NOT pg_try_advisory_xact_lock(hashtext('keep_attempt_days')) THEN RETURN 0; END IF;
    FOR day IN SELECT today + n FROM generate_series(0, p_ahead) n LOOP
      part := 'auth_attempts_' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass(part) IS NOT NULL;
      begins := day::timestamp AT TIME ZONE 'UTC';
      ends := (day + 1)::timestamp AT TIME ZONE 'UTC';
      -- Attaching locks what the rows refer to; whoever writes there and then here comes in this order.
      LOCK TABLE sellers, apps IN SHARE ROW EXCLUSIVE MODE;
      -- Rows of today arrive in the last partition. Nobody may write one between the move and the
      -- attaching, nor be on the way to where it no longer belongs; rows of later days do not arrive.
      IF day = today THEN LOCK TABLE ONLY auth_attempts IN SHARE ROW EXCLUSIVE MODE; END IF;
      LOCK TABLE auth_attempts_other IN ACCESS EXCLUSIVE MODE;
      EXECUTE format('CREATE TABLE %I (LIKE auth_attempts INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
      EXECUTE format(
        'WITH moved AS (DELETE FROM auth_attempts_other WHERE created_at >= %L AND created_at < %L RETURNING *)
         INSERT INTO %I SELECT * FROM moved', begins, ends, part);
      EXECUTE format('ALTER TABLE auth_attempts ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        part, begins, ends);
    END LOOP;
    -- Of days that never had a partition.
    DELETE FROM auth_attempts_other WHERE created_at < first_kept;
    FOR part IN
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'auth_attempts'::regclass AND c.relname ~ '^auth_attempts_[0-9]{8}$'
         AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - p_keep
    LOOP
      EXECUTE format('DROP TABLE %I', part);
      dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
  END $$ SECURITY DEFINER`;

/** The function as it was. */
const KEEP_DAYS_BEFORE = `
  CREATE OR REPLACE FUNCTION keep_attempt_days(p_keep integer, p_ahead integer)
  RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    day date;
    part text;
    dropped integer := 0;
  BEGIN
    -- One process at a time; the others have nothing left to do.
    IF NOT pg_try_advisory_xact_lock(hashtext('keep_attempt_days')) THEN RETURN 0; END IF;
    FOR day IN SELECT today + n FROM generate_series(0, p_ahead) n LOOP
      part := 'auth_attempts_' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass(part) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE auth_attempts INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
      EXECUTE format(
        'WITH moved AS (DELETE FROM auth_attempts_other WHERE created_at >= %L AND created_at < %L RETURNING *)
         INSERT INTO %I SELECT * FROM moved',
        day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC', part);
      EXECUTE format('ALTER TABLE auth_attempts ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END LOOP;
    FOR part IN
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'auth_attempts'::regclass AND c.relname ~ '^auth_attempts_[0-9]{8}$'
         AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - p_keep
    LOOP
      EXECUTE format('DROP TABLE %I', part);
      dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
  END $$ SECURITY DEFINER`;
