import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The seller's whole desk: second factor, API tokens, password reset, plans, variables, client logs,
 * referral codes, resellers with their ledger, and what keeps long lists fast.
 */
export class SellersDesk1763762400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [
      ACCOUNTS,
      PLANS,
      CLIENTS,
      BLACKLIST,
      RESELLERS,
      IMPORTS,
      LISTS,
      COUNTS,
      DELETION,
    ]) {
      await runner.query(part);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION delete_app;
      DROP TRIGGER licenses_counted_in ON licenses;
      DROP TRIGGER licenses_counted_out ON licenses;
      DROP TRIGGER app_users_counted_in ON app_users;
      DROP TRIGGER app_users_counted_out ON app_users;
      DROP FUNCTION count_rows;
      DROP INDEX licenses_app_unused, licenses_app_used, licenses_app_expiry, licenses_app_hold,
        licenses_key_search, app_users_app_status, app_users_name_search;
      ALTER TABLE licenses DROP COLUMN reseller_id, DROP COLUMN reseller_price, DROP COLUMN shared_noted_at;
      ALTER TABLE app_users DROP COLUMN last_hwid, DROP COLUMN email_sha1;
      ALTER TABLE apps DROP COLUMN vpn_block, DROP COLUMN secret_sealed, DROP COLUMN sharing_threshold;
      ALTER TABLE blacklist_entries DROP COLUMN network, DROP COLUMN expires_at,
        DROP COLUMN attempts, DROP COLUMN last_attempt_at;
      CREATE INDEX seller_sessions_seller ON seller_sessions (seller_id);
      DROP INDEX seller_sessions_seller_created, seller_sessions_expiry, blacklist_entries_app_type;
      ALTER TABLE sellers DROP COLUMN totp_secret_sealed, DROP COLUMN totp_confirmed_at, DROP COLUMN totp_last_step;
      DROP TABLE app_counts, key_guesses, import_rows, reseller_ledger, resellers, referral_redemptions,
        referral_codes, client_logs, client_variables, app_variables, plan_limits, mails,
        password_reset_tokens, password_reset_requests, api_tokens, seller_recovery_codes;
    `);
  }
}

const ACCOUNTS = `
  ALTER TABLE sellers
    ADD COLUMN totp_secret_sealed bytea,
    ADD COLUMN totp_confirmed_at timestamptz,
    ADD COLUMN totp_last_step bigint;

  CREATE TABLE seller_recovery_codes (
    id uuid NOT NULL,
    seller_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    CONSTRAINT seller_recovery_codes_pkey PRIMARY KEY (id),
    CONSTRAINT seller_recovery_codes_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX seller_recovery_codes_code ON seller_recovery_codes (seller_id, code_hash);

  CREATE TABLE api_tokens (
    id uuid NOT NULL,
    seller_id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    token_tail text NOT NULL,
    scopes text[] NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX api_tokens_token ON api_tokens (token_hash);
  CREATE INDEX api_tokens_seller ON api_tokens (seller_id, created_at, id);

  CREATE INDEX seller_sessions_seller_created ON seller_sessions (seller_id, created_at, id);
  CREATE INDEX seller_sessions_expiry ON seller_sessions (expires_at);
  DROP INDEX seller_sessions_seller;

  CREATE TABLE password_reset_requests (
    id uuid NOT NULL,
    email_key text NOT NULL,
    ip text,
    requested_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT password_reset_requests_pkey PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX password_reset_requests_email ON password_reset_requests (email_key);

  CREATE TABLE password_reset_tokens (
    id uuid NOT NULL,
    seller_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT password_reset_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT password_reset_tokens_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX password_reset_tokens_token ON password_reset_tokens (token_hash);
  CREATE INDEX password_reset_tokens_seller ON password_reset_tokens (seller_id);
  CREATE INDEX password_reset_tokens_expiry ON password_reset_tokens (expires_at);

  CREATE TABLE mails (
    id uuid NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body_sealed bytea NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mails_pkey PRIMARY KEY (id)
  );
  CREATE INDEX mails_due ON mails (not_before);
`;

/** Limits of the plans (D-A20); null is no limit. The operator may change them. */
const PLANS = `
  CREATE TABLE plan_limits (
    plan text NOT NULL,
    apps integer,
    keys integer,
    users integer,
    scripts integer,
    obfuscations_per_month integer,
    storage_bytes bigint,
    CONSTRAINT plan_limits_pkey PRIMARY KEY (plan)
  );
  INSERT INTO plan_limits (plan, apps, keys, users, scripts, obfuscations_per_month, storage_bytes) VALUES
    ('FREE', 10, 10000, 10000, 20, 200, 1073741824),
    ('DEVELOPER', 50, 100000, 100000, 100, 2000, 10737418240),
    ('PRO', 200, 1000000, 1000000, 500, 20000, 107374182400),
    ('ENTERPRISE', NULL, NULL, NULL, NULL, NULL, NULL);
`;

const CLIENTS = `
  CREATE EXTENSION IF NOT EXISTS pg_trgm;

  ALTER TABLE apps
    ADD COLUMN vpn_block boolean NOT NULL DEFAULT false,
    ADD COLUMN secret_sealed bytea,
    ADD COLUMN sharing_threshold integer NOT NULL DEFAULT 5;

  ALTER TABLE app_users
    ADD COLUMN last_hwid text,
    ADD COLUMN email_sha1 text;

  CREATE TABLE app_variables (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    read_only boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT app_variables_pkey PRIMARY KEY (id),
    CONSTRAINT app_variables_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX app_variables_key ON app_variables (app_id, key);
  CREATE INDEX app_variables_app_created ON app_variables (app_id, created_at, id);

  CREATE TABLE client_variables (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    user_id uuid,
    license_id uuid,
    key text NOT NULL,
    value text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT client_variables_pkey PRIMARY KEY (id),
    CONSTRAINT client_variables_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
    CONSTRAINT client_variables_user_fkey FOREIGN KEY (user_id) REFERENCES app_users(id) ON DELETE CASCADE,
    CONSTRAINT client_variables_license_fkey FOREIGN KEY (license_id) REFERENCES licenses(id) ON DELETE CASCADE,
    CONSTRAINT client_variables_one_owner CHECK (num_nonnulls(user_id, license_id) = 1)
  );
  CREATE UNIQUE INDEX client_variables_of_user ON client_variables (user_id, key) WHERE user_id IS NOT NULL;
  CREATE UNIQUE INDEX client_variables_of_license ON client_variables (license_id, key) WHERE license_id IS NOT NULL;
  CREATE INDEX client_variables_app ON client_variables (app_id);

  CREATE TABLE client_logs (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    session_id uuid,
    user_id uuid,
    license_id uuid,
    username text,
    hwid text,
    ip text,
    type text NOT NULL,
    message text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT client_logs_pkey PRIMARY KEY (id),
    CONSTRAINT client_logs_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE
  );
  CREATE INDEX client_logs_app_created ON client_logs (app_id, created_at, id);
  CREATE INDEX client_logs_app_type ON client_logs (app_id, type, created_at, id);
  CREATE INDEX client_logs_app_user ON client_logs (app_id, user_id, created_at, id) WHERE user_id IS NOT NULL;
  CREATE INDEX client_logs_created ON client_logs (created_at);

  CREATE TABLE key_guesses (
    app_id uuid NOT NULL,
    failures bigint NOT NULL,
    window_started_at timestamptz NOT NULL,
    CONSTRAINT key_guesses_pkey PRIMARY KEY (app_id),
    CONSTRAINT key_guesses_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE
  );

  CREATE TABLE referral_codes (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    code text NOT NULL,
    reward_days integer NOT NULL,
    max_uses integer,
    uses integer NOT NULL DEFAULT 0,
    owner_user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT referral_codes_pkey PRIMARY KEY (id),
    CONSTRAINT referral_codes_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
    CONSTRAINT referral_codes_owner_fkey FOREIGN KEY (owner_user_id) REFERENCES app_users(id) ON DELETE SET NULL,
    CONSTRAINT referral_codes_uses_check CHECK (uses >= 0 AND uses <= coalesce(max_uses, uses))
  );
  CREATE UNIQUE INDEX referral_codes_code ON referral_codes (app_id, code);
  CREATE INDEX referral_codes_app_created ON referral_codes (app_id, created_at, id);
  CREATE INDEX referral_codes_owner ON referral_codes (owner_user_id);

  CREATE TABLE referral_redemptions (
    id uuid NOT NULL,
    code_id uuid NOT NULL,
    license_id uuid NOT NULL,
    redeemed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT referral_redemptions_pkey PRIMARY KEY (id),
    CONSTRAINT referral_redemptions_code_fkey FOREIGN KEY (code_id) REFERENCES referral_codes(id) ON DELETE CASCADE,
    CONSTRAINT referral_redemptions_license_fkey FOREIGN KEY (license_id) REFERENCES licenses(id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX referral_redemptions_once ON referral_redemptions (code_id, license_id);
  CREATE INDEX referral_redemptions_license ON referral_redemptions (license_id);
`;

const BLACKLIST = `
  ALTER TABLE blacklist_entries
    ADD COLUMN network cidr,
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN last_attempt_at timestamptz;
  UPDATE blacklist_entries SET network = split_part(value_key, '%', 1)::cidr WHERE type = 'IP';
  UPDATE blacklist_entries SET network = substr(host(network), 8)::cidr WHERE network <<= '::ffff:0:0/96';
  CREATE INDEX blacklist_entries_network ON blacklist_entries USING gist (network inet_ops);
  CREATE INDEX blacklist_entries_expiry ON blacklist_entries (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX blacklist_entries_app_type ON blacklist_entries (app_id, type, created_at, id);
`;

/**
 * Resellers, and the book of their credits. The book outlives reseller and application, so it
 * references neither; its balance is checked row by row and rows are written once.
 */
const RESELLERS = `
  CREATE TABLE resellers (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    password_hash text NOT NULL,
    status text NOT NULL DEFAULT 'ACTIVE',
    balance bigint NOT NULL DEFAULT 0,
    prices jsonb NOT NULL DEFAULT '{}',
    levels integer[],
    durations text[],
    note text,
    token_epoch integer NOT NULL DEFAULT 0,
    ledger_length integer NOT NULL DEFAULT 0,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT resellers_pkey PRIMARY KEY (id),
    CONSTRAINT resellers_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
    CONSTRAINT resellers_balance_check CHECK (balance >= 0)
  );
  CREATE UNIQUE INDEX resellers_name ON resellers (app_id, username_key);
  CREATE INDEX resellers_app_created ON resellers (app_id, created_at, id);

  CREATE TABLE reseller_ledger (
    id uuid NOT NULL,
    reseller_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    app_id uuid NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    keys integer NOT NULL DEFAULT 0,
    unit_price bigint,
    license_id uuid,
    note text,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reseller_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT reseller_ledger_balance_check CHECK (balance_after >= 0)
  );
  CREATE UNIQUE INDEX reseller_ledger_position ON reseller_ledger (reseller_id, position);
  CREATE UNIQUE INDEX reseller_ledger_refund ON reseller_ledger (license_id) WHERE kind = 'REFUND';
  CREATE INDEX reseller_ledger_created ON reseller_ledger (reseller_id, created_at, id);

  CREATE TRIGGER reseller_ledger_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON reseller_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  ALTER TABLE licenses
    ADD COLUMN reseller_id uuid,
    ADD COLUMN reseller_price bigint,
    ADD COLUMN shared_noted_at timestamptz,
    ADD CONSTRAINT licenses_reseller_fkey FOREIGN KEY (reseller_id) REFERENCES resellers(id) ON DELETE SET NULL;
  CREATE INDEX licenses_reseller ON licenses (reseller_id, created_at, id) WHERE reseller_id IS NOT NULL;
`;

/** Rows of a file that is being imported, until the whole of it was read and judged. */
const IMPORTS = `
  CREATE UNLOGGED TABLE import_rows (
    import_id uuid NOT NULL,
    kind text NOT NULL,
    row_number integer NOT NULL,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT import_rows_pkey PRIMARY KEY (import_id, kind, row_number)
  );
  CREATE INDEX import_rows_created ON import_rows (created_at);
`;

/** One index for each way a long list is filtered, in the order it is shown. */
const LISTS = `
  CREATE INDEX licenses_app_unused ON licenses (app_id, created_at, id)
    WHERE hold IS NULL AND activated_at IS NULL;
  CREATE INDEX licenses_app_used ON licenses (app_id, created_at, id)
    WHERE hold IS NULL AND activated_at IS NOT NULL;
  CREATE INDEX licenses_app_expiry ON licenses (app_id, expires_at)
    WHERE hold IS NULL AND activated_at IS NOT NULL;
  CREATE INDEX licenses_app_hold ON licenses (app_id, hold, created_at, id) WHERE hold IS NOT NULL;
  CREATE INDEX licenses_key_search ON licenses USING gin (key gin_trgm_ops);
  CREATE INDEX app_users_app_status ON app_users (app_id, status, created_at, id);
  CREATE INDEX app_users_name_search ON app_users USING gin (username_key gin_trgm_ops);
`;

/**
 * How many licences and users each application has, kept as a sum of small changes: every insert
 * or delete adds one row, so no two transactions wait for each other's count.
 */
const COUNTS = `
  CREATE TABLE app_counts (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    app_id uuid NOT NULL,
    thing text NOT NULL,
    change bigint NOT NULL,
    CONSTRAINT app_counts_pkey PRIMARY KEY (id)
  );
  CREATE INDEX app_counts_app ON app_counts (app_id, thing);

  CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO app_counts (app_id, thing, change)
    SELECT app_id, TG_ARGV[0], count(*) * TG_ARGV[1]::int FROM changed GROUP BY app_id;
    RETURN NULL;
  END $$;

  CREATE TRIGGER licenses_counted_in AFTER INSERT ON licenses
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_rows('licenses', '1');
  CREATE TRIGGER licenses_counted_out AFTER DELETE ON licenses
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_rows('licenses', '-1');
  CREATE TRIGGER app_users_counted_in AFTER INSERT ON app_users
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_rows('users', '1');
  CREATE TRIGGER app_users_counted_out AFTER DELETE ON app_users
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_rows('users', '-1');

  INSERT INTO app_counts (app_id, thing, change)
  SELECT app_id, 'licenses', count(*) FROM licenses GROUP BY app_id
  UNION ALL
  SELECT app_id, 'users', count(*) FROM app_users GROUP BY app_id;
`;

/**
 * Deletes an application with everything in it, in the order in which everybody locks: licences,
 * users, resellers, application. Deleting the application alone would lock it first, while each
 * sign-in holds its licence and waits for the application: a deadlock, again and again.
 */
const DELETION = `
  CREATE FUNCTION delete_app(p_app uuid, p_seller uuid) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM apps WHERE id = p_app AND seller_id = p_seller) THEN
      RETURN false;
    END IF;
    DELETE FROM licenses WHERE app_id = p_app;
    DELETE FROM app_users WHERE app_id = p_app;
    DELETE FROM resellers WHERE app_id = p_app;
    DELETE FROM apps WHERE id = p_app;
    RETURN FOUND;
  END $$;
`;
