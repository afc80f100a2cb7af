import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What programs need that name a product and show a key: a key of the seller's own, owners and staff
 * licences, binding by address, entries of the blacklist for all of a seller's applications, and
 * every attempt on record.
 */
export class ProductWire1763840000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [LICENSES, GATEWAYS, BLACKLIST, ATTEMPTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION keep_attempt_days;
      DROP TABLE auth_attempts, attempt_notices, gateways, license_addresses;
      DELETE FROM blacklist_entries WHERE app_id IS NULL;
      ALTER TABLE blacklist_entries DROP CONSTRAINT blacklist_entries_scope, DROP COLUMN seller_id,
        ALTER COLUMN app_id SET NOT NULL;
      DROP INDEX licenses_app_ending, licenses_app_discord;
      ALTER TABLE licenses DROP COLUMN staff, DROP COLUMN max_addresses, DROP COLUMN discord_id,
        DROP COLUMN discord_username, DROP COLUMN discord_discriminator;
      ALTER TABLE apps DROP COLUMN enforce_version;
    `);
  }
}

const LICENSES = `
  ALTER TABLE apps ADD COLUMN enforce_version boolean NOT NULL DEFAULT true;

  ALTER TABLE licenses
    ADD COLUMN staff boolean NOT NULL DEFAULT false,
    ADD COLUMN max_addresses integer NOT NULL DEFAULT 0,
    ADD COLUMN discord_id text,
    ADD COLUMN discord_username text,
    ADD COLUMN discord_discriminator text;

  CREATE INDEX licenses_app_ending ON licenses (app_id, created_at, id)
    WHERE hold IS NULL AND expires_at IS NOT NULL;

  CREATE INDEX licenses_app_discord ON licenses (app_id, discord_id) WHERE discord_id IS NOT NULL;

  CREATE TABLE license_addresses (
    id uuid NOT NULL,
    license_id uuid NOT NULL,
    address text NOT NULL,
    bound_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT license_addresses_pkey PRIMARY KEY (id),
    CONSTRAINT license_addresses_license_fkey FOREIGN KEY (license_id) REFERENCES licenses(id) ON DELETE CASCADE
  );

  CREATE UNIQUE INDEX license_addresses_value ON license_addresses (license_id, address);
`;

const GATEWAYS = `
  CREATE TABLE gateways (
    seller_id uuid NOT NULL,
    api_key_hash bytea NOT NULL,
    api_key_sealed bytea NOT NULL,
    require_hwid boolean NOT NULL DEFAULT true,
    limit_requests boolean NOT NULL DEFAULT true,
    requests_per_minute integer NOT NULL DEFAULT 100,
    key_prefix text NOT NULL DEFAULT 'TKI-',
    key_length integer NOT NULL DEFAULT 15,
    key_letters boolean NOT NULL DEFAULT true,
    key_numbers boolean NOT NULL DEFAULT true,
    key_hyphens boolean NOT NULL DEFAULT true,
    key_hyphen_every integer NOT NULL DEFAULT 5,
    granted_channel_sealed bytea,
    refused_channel_sealed bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gateways_pkey PRIMARY KEY (seller_id),
    CONSTRAINT gateways_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );

  CREATE UNIQUE INDEX gateways_api_key ON gateways (api_key_hash);

  CREATE TABLE attempt_notices (
    id uuid NOT NULL,
    seller_id uuid NOT NULL,
    channel text NOT NULL,
    notice jsonb NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT attempt_notices_pkey PRIMARY KEY (id),
    CONSTRAINT attempt_notices_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );

  CREATE INDEX attempt_notices_due ON attempt_notices (next_try_at);

  CREATE INDEX attempt_notices_channel ON attempt_notices (seller_id, channel, created_at);
`;

const BLACKLIST = `
  ALTER TABLE blacklist_entries
    ADD COLUMN seller_id uuid,
    ALTER COLUMN app_id DROP NOT NULL,
    ADD CONSTRAINT blacklist_entries_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE,
    ADD CONSTRAINT blacklist_entries_scope CHECK (num_nonnulls(app_id, seller_id) = 1);

  CREATE UNIQUE INDEX blacklist_entries_seller_value ON blacklist_entries (seller_id, type, value_key)
    WHERE seller_id IS NOT NULL;

  CREATE INDEX blacklist_entries_seller_created ON blacklist_entries (seller_id, created_at, id)
    WHERE seller_id IS NOT NULL;
`;

/**
 * A partition a day, so that old days are dropped whole. Rows of a day that has no partition yet fall
 * into the last one; they move when the day gets its own.
 */
const ATTEMPTS = `
  CREATE TABLE auth_attempts (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seller_id uuid NOT NULL,
    app_id uuid,
    wire text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    license_id uuid,
    key_hash bytea,
    masked_key text,
    username text,
    hwid text,
    address text,
    ip text,
    user_agent text,
    request_id text NOT NULL,
    facts jsonb NOT NULL,
    CONSTRAINT auth_attempts_pkey PRIMARY KEY (created_at, id),
    CONSTRAINT auth_attempts_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE,
    CONSTRAINT auth_attempts_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE
  ) PARTITION BY RANGE (created_at);

  CREATE INDEX auth_attempts_seller ON auth_attempts (seller_id, created_at, id);

  CREATE INDEX auth_attempts_app ON auth_attempts (app_id, created_at, id);

  CREATE INDEX auth_attempts_key ON auth_attempts (seller_id, key_hash, created_at, id) WHERE key_hash IS NOT NULL;

  CREATE TABLE auth_attempts_other PARTITION OF auth_attempts DEFAULT;

  CREATE FUNCTION keep_attempt_days(p_keep integer, p_ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
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
  END $$;
`;
