import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema: sellers, applications, licences, users, sessions, and the books about them. */
export class FirstJourney1763683200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(AUDIT_IS_APPEND_ONLY);
    await runner.query(ATTEMPTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE sign_in_attempts, idempotency_keys, outbox_events, audit_records, blacklist_entries,
        sessions, app_users, license_devices, licenses, apps, seller_sessions, sellers;
      DROP FUNCTION reserve_attempt, refuse_change;
    `);
  }
}

const TABLES = `
  CREATE TABLE sellers (
    id uuid NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    name text NOT NULL,
    plan text NOT NULL DEFAULT 'FREE',
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sellers_pkey PRIMARY KEY (id)
  );

  CREATE UNIQUE INDEX sellers_email ON sellers (email_key);

  CREATE TABLE seller_sessions (
    id uuid NOT NULL,
    seller_id uuid NOT NULL,
    secret bytea NOT NULL,
    generation integer NOT NULL DEFAULT 0,
    rotated_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    ip text,
    user_agent text,
    CONSTRAINT seller_sessions_pkey PRIMARY KEY (id),
    CONSTRAINT seller_sessions_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );

  CREATE INDEX seller_sessions_seller ON seller_sessions (seller_id);

  CREATE TABLE apps (
    id uuid NOT NULL,
    seller_id uuid NOT NULL,
    name text NOT NULL,
    version text NOT NULL DEFAULT '1.0.0',
    status text NOT NULL DEFAULT 'ACTIVE',
    update_url text,
    hwid_lock boolean NOT NULL DEFAULT true,
    hash_check boolean NOT NULL DEFAULT false,
    hashes text[] NOT NULL DEFAULT '{}',
    hwid_reset_cooldown_hours integer NOT NULL DEFAULT 0,
    session_ttl_seconds integer NOT NULL DEFAULT 86400,
    key_format text NOT NULL DEFAULT 'XXXX-XXXX-XXXX-XXXX',
    api_key_hash bytea NOT NULL,
    api_key_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT apps_pkey PRIMARY KEY (id),
    CONSTRAINT apps_seller_fkey FOREIGN KEY (seller_id) REFERENCES sellers(id) ON DELETE CASCADE
  );

  CREATE UNIQUE INDEX apps_api_key ON apps (api_key_hash);

  CREATE INDEX apps_seller_created ON apps (seller_id, created_at, id);

  CREATE TABLE licenses (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    key text NOT NULL,
    duration_seconds integer,
    level integer NOT NULL,
    max_devices integer NOT NULL,
    prefix text,
    note text,
    subscription text,
    hold text,
    activated_at timestamptz,
    expires_at timestamptz,
    expiry_noted_at timestamptz,
    devices_reset_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT licenses_pkey PRIMARY KEY (id),
    CONSTRAINT licenses_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE
  );

  CREATE INDEX licenses_app_created ON licenses (app_id, created_at, id);

  CREATE UNIQUE INDEX licenses_app_key ON licenses (app_id, key);

  CREATE TABLE license_devices (
    id uuid NOT NULL,
    license_id uuid NOT NULL,
    hwid text NOT NULL,
    bound_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    released_at timestamptz,
    CONSTRAINT license_devices_pkey PRIMARY KEY (id),
    CONSTRAINT license_devices_license_fkey FOREIGN KEY (license_id) REFERENCES licenses(id) ON DELETE CASCADE
  );

  CREATE INDEX license_devices_license ON license_devices (license_id, bound_at);

  CREATE UNIQUE INDEX license_devices_bound ON license_devices (license_id, hwid) WHERE released_at IS NULL;

  CREATE TABLE app_users (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    license_id uuid,
    username text NOT NULL,
    username_key text NOT NULL,
    password_hash text NOT NULL,
    status text NOT NULL DEFAULT 'ACTIVE',
    ban_reason text,
    note text,
    last_login_at timestamptz,
    last_ip text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT app_users_pkey PRIMARY KEY (id),
    CONSTRAINT app_users_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
    CONSTRAINT app_users_license_fkey FOREIGN KEY (license_id) REFERENCES licenses(id) ON DELETE SET NULL
  );

  CREATE INDEX app_users_app_created ON app_users (app_id, created_at, id);

  CREATE UNIQUE INDEX app_users_license ON app_users (license_id);

  CREATE UNIQUE INDEX app_users_name ON app_users (app_id, username_key);

  CREATE TABLE sessions (
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    token_tail text NOT NULL,
    app_id uuid NOT NULL,
    license_id uuid NOT NULL,
    user_id uuid,
    username text,
    hwid text,
    ip text,
    ttl_seconds integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    end_reason text,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
    CONSTRAINT sessions_license_fkey FOREIGN KEY (license_id) REFERENCES licenses(id) ON DELETE CASCADE,
    CONSTRAINT sessions_user_fkey FOREIGN KEY (user_id) REFERENCES app_users(id) ON DELETE CASCADE
  );

  CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;

  CREATE INDEX sessions_user ON sessions (user_id);

  CREATE INDEX sessions_license ON sessions (license_id, created_at, id);

  CREATE INDEX sessions_app_live ON sessions (app_id, created_at, id) WHERE ended_at IS NULL;

  CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);

  CREATE TABLE blacklist_entries (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    type text NOT NULL,
    value text NOT NULL,
    value_key text NOT NULL,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT blacklist_entries_pkey PRIMARY KEY (id),
    CONSTRAINT blacklist_entries_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE
  );

  CREATE INDEX blacklist_entries_app_created ON blacklist_entries (app_id, created_at, id);

  CREATE UNIQUE INDEX blacklist_entries_value ON blacklist_entries (app_id, type, value_key);

  CREATE TABLE audit_records (
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    seller_id uuid NOT NULL,
    app_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    target_kind text NOT NULL,
    target_id uuid,
    outcome text NOT NULL,
    severity text NOT NULL,
    ip text,
    request_id text NOT NULL,
    details jsonb NOT NULL,
    CONSTRAINT audit_records_pkey PRIMARY KEY (id)
  );

  CREATE INDEX audit_records_seller ON audit_records (seller_id, occurred_at);

  CREATE TABLE outbox_events (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    type text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    dispatched_at timestamptz,
    CONSTRAINT outbox_events_pkey PRIMARY KEY (id)
  );

  CREATE INDEX outbox_events_pending ON outbox_events (occurred_at) WHERE dispatched_at IS NULL;

  CREATE TABLE idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    answer bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key)
  );

  CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

  CREATE TABLE sign_in_attempts (
    scope text NOT NULL,
    subject bytea NOT NULL,
    attempts integer NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (scope, subject)
  );
`;

/** Records are written once. Whoever connects, a change of one is refused by the table itself. */
const AUDIT_IS_APPEND_ONLY = `
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% on % is refused: the table is append-only', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END $$;

  CREATE TRIGGER audit_records_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

/**
 * Takes one password attempt on a subject, if fewer than p_max were made since the last success or
 * the last p_lock_seconds of rest. One statement, so attempts at the same moment cannot all pass.
 * A refused attempt does not prolong the lock.
 */
const ATTEMPTS = `
  CREATE FUNCTION reserve_attempt(
    p_scope text, p_subject bytea, p_max integer, p_lock_seconds integer,
    OUT allowed boolean, OUT attempts integer, OUT retry_after integer
  ) LANGUAGE plpgsql AS $$
  DECLARE
    t timestamptz := clock_timestamp();
    lock_time interval := make_interval(secs => p_lock_seconds);
  BEGIN
    INSERT INTO sign_in_attempts AS a (scope, subject, attempts, last_at)
    VALUES (p_scope, p_subject, 1, t)
    ON CONFLICT (scope, subject) DO UPDATE
       SET attempts = CASE WHEN a.last_at <= t - lock_time THEN 1 ELSE a.attempts + 1 END,
           last_at = t
     WHERE a.attempts < p_max OR a.last_at <= t - lock_time
    RETURNING a.attempts INTO attempts;
    allowed := attempts IS NOT NULL;
    IF NOT allowed THEN
      SELECT a.attempts, greatest(1, ceil(extract(epoch FROM a.last_at + lock_time - t)))
        INTO attempts, retry_after
        FROM sign_in_attempts a WHERE a.scope = p_scope AND a.subject = p_subject;
    END IF;
  END $$;
`;
