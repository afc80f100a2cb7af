import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The record becomes a Merkle tree: leaves, nodes, signed checkpoints, and the rights around them. */
export class Audit1763870000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(QUEUE);
    await runner.query(APPEND_ONLY);
    await runner.query(ERASURE);
    await runner.query(RIGHTS);
    await runner.query('ALTER TABLE sessions ADD COLUMN country text');
    await runner.query(DENIALS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX auth_attempts_username, auth_attempts_hwid, auth_attempts_request;
      ALTER TABLE sessions DROP COLUMN country;
      ALTER FUNCTION keep_attempt_days SECURITY INVOKER RESET search_path;
      DROP FUNCTION grant_application, erase_audit_person;
      DROP TRIGGER audit_records_no_delete ON audit_records;
      DROP TRIGGER audit_records_no_update ON audit_records;
      DROP TRIGGER audit_records_only_erased ON audit_records;
      DROP TRIGGER audit_records_queued ON audit_records;
      CREATE TRIGGER audit_records_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      DROP TABLE audit_checkpoints, audit_nodes, audit_leaves, audit_pending;
      DROP FUNCTION queue_audit_record, keep_until_sealed, only_erase_record, only_erase_leaf;
      DROP INDEX audit_records_app, audit_records_action, audit_records_actor, audit_records_target,
        audit_records_request, audit_records_severe, audit_records_seller;
      CREATE INDEX audit_records_seller ON audit_records (seller_id, occurred_at);
    `);
  }
}

const TABLES = `
  CREATE TABLE audit_pending (
    record_id uuid NOT NULL,
    CONSTRAINT audit_pending_pkey PRIMARY KEY (record_id)
  );

  CREATE TABLE audit_leaves (
    seq bigint NOT NULL,
    record_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    salt bytea,
    ip_hash bytea NOT NULL,
    details_hash bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    erased_by uuid,
    sequenced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT audit_leaves_pkey PRIMARY KEY (seq)
  );

  CREATE UNIQUE INDEX audit_leaves_record ON audit_leaves (record_id);

  CREATE INDEX audit_leaves_seller ON audit_leaves (seller_id, seq);

  CREATE TABLE audit_nodes (
    level smallint NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_nodes_pkey PRIMARY KEY (level, place)
  );

  CREATE TABLE audit_checkpoints (
    size bigint NOT NULL,
    root bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (size)
  );

  DROP INDEX audit_records_seller;

  CREATE INDEX audit_records_seller ON audit_records (seller_id, occurred_at, id);

  CREATE INDEX audit_records_app ON audit_records (seller_id, app_id, occurred_at, id);

  CREATE INDEX audit_records_action ON audit_records (seller_id, action, occurred_at, id);

  CREATE INDEX audit_records_actor ON audit_records (seller_id, actor_id, occurred_at, id);

  CREATE INDEX audit_records_target ON audit_records (seller_id, target_id, occurred_at, id);

  CREATE INDEX audit_records_request ON audit_records (seller_id, request_id, occurred_at, id);

  CREATE INDEX audit_records_severe ON audit_records (seller_id, severity, occurred_at, id)
    WHERE severity <> 'info';
`;

/** Whatever writes a record queues it for the tree, and it stays queued until it is a leaf. */
const QUEUE = `
  INSERT INTO audit_pending (record_id) SELECT id FROM audit_records;

  CREATE FUNCTION queue_audit_record() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO audit_pending (record_id) VALUES (NEW.id);
    RETURN NULL;
  END $$;

  CREATE TRIGGER audit_records_queued AFTER INSERT ON audit_records
    FOR EACH ROW EXECUTE FUNCTION queue_audit_record();

  CREATE FUNCTION keep_until_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM audit_leaves WHERE record_id = OLD.record_id) THEN
      RAISE EXCEPTION '% on % is refused: the record is no leaf yet', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
  END $$;

  CREATE TRIGGER audit_pending_until_sealed BEFORE DELETE ON audit_pending
    FOR EACH ROW EXECUTE FUNCTION keep_until_sealed();

  CREATE TRIGGER audit_pending_append_only BEFORE UPDATE OR TRUNCATE ON audit_pending
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

/**
 * Nothing is changed or deleted, with one exception: the personal fields of a leaf that names the
 * record of its erasure. Without the setting that erase_audit_person makes, not even that.
 */
const APPEND_ONLY = `
  DROP TRIGGER audit_records_append_only ON audit_records;

  CREATE TRIGGER audit_records_no_delete BEFORE DELETE OR TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE TRIGGER audit_records_no_update BEFORE UPDATE ON audit_records
    FOR EACH STATEMENT
    WHEN (current_setting('latchkey.erasing', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION refuse_change();

  CREATE FUNCTION only_erase_record() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.ip IS NOT NULL OR NEW.details <> '{}'
       OR to_jsonb(NEW) - ARRAY['ip', 'details'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['ip', 'details']
       OR NOT EXISTS (SELECT FROM audit_leaves WHERE record_id = OLD.id AND erased_by IS NOT NULL) THEN
      RAISE EXCEPTION '% on % is refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END $$;

  CREATE TRIGGER audit_records_only_erased BEFORE UPDATE ON audit_records
    FOR EACH ROW EXECUTE FUNCTION only_erase_record();

  CREATE TRIGGER audit_leaves_no_delete BEFORE DELETE OR TRUNCATE ON audit_leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE TRIGGER audit_leaves_no_update BEFORE UPDATE ON audit_leaves
    FOR EACH STATEMENT
    WHEN (current_setting('latchkey.erasing', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION refuse_change();

  CREATE FUNCTION only_erase_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.salt IS NOT NULL OR OLD.erased_by IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['salt', 'erased_by'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['salt', 'erased_by']
       OR NOT EXISTS (SELECT FROM audit_records WHERE id = NEW.erased_by AND action = 'audit.erase') THEN
      RAISE EXCEPTION '% on % is refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END $$;

  CREATE TRIGGER audit_leaves_only_erased BEFORE UPDATE ON audit_leaves
    FOR EACH ROW EXECUTE FUNCTION only_erase_leaf();

  CREATE TRIGGER audit_nodes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

/**
 * Empties the personal fields of every sealed record that a person acted in or was the target of.
 * p_erasure is the committed record that says so. Runs with the rights of the tables' owner, so the
 * application needs none to update them.
 */
const ERASURE = `
  CREATE FUNCTION erase_audit_person(p_seller uuid, p_person uuid, p_erasure uuid)
  RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DECLARE
    erased bigint;
  BEGIN
    PERFORM set_config('latchkey.erasing', 'on', true);
    UPDATE audit_leaves l SET salt = NULL, erased_by = p_erasure
      FROM audit_records r
     WHERE r.seller_id = p_seller AND (r.actor_id = p_person OR r.target_id = p_person)
       AND r.id <> p_erasure AND l.record_id = r.id AND l.erased_by IS NULL;
    GET DIAGNOSTICS erased = ROW_COUNT;
    UPDATE audit_records r SET ip = NULL, details = '{}'
      FROM audit_leaves l
     WHERE r.seller_id = p_seller AND (r.actor_id = p_person OR r.target_id = p_person)
       AND l.record_id = r.id AND l.erased_by = p_erasure;
    PERFORM set_config('latchkey.erasing', 'off', true);
    RETURN erased;
  END $$;

  REVOKE EXECUTE ON FUNCTION erase_audit_person FROM PUBLIC;
`;

/**
 * The rights of a role that the server runs as when another role owns the tables: everything on
 * them, but of the record only reading and adding. Run it again after each migration.
 */
const RIGHTS = `
  CREATE FUNCTION grant_application(p_role name) RETURNS void
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  DECLARE
    schema_name name := current_schema();
  BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema_name, p_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', schema_name, p_role);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', schema_name, p_role);
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %I TO %I', schema_name, p_role);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION grant_application FROM %I', p_role);
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_records, audit_leaves, audit_nodes, audit_checkpoints FROM %I', p_role);
    EXECUTE format('REVOKE UPDATE, TRUNCATE ON audit_pending FROM %I', p_role);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON schema_migrations FROM %I', p_role);
  END $$;

  REVOKE EXECUTE ON FUNCTION grant_application FROM PUBLIC;

  -- It makes and drops the partitions of a table, which only the owner may.
  ALTER FUNCTION keep_attempt_days SECURITY DEFINER SET search_path FROM CURRENT;
`;

/** By which a seller finds why somebody was denied. */
const DENIALS = `
  CREATE INDEX auth_attempts_username ON auth_attempts (app_id, username, created_at, id) WHERE username IS NOT NULL;

  CREATE INDEX auth_attempts_hwid ON auth_attempts (app_id, hwid, created_at, id) WHERE hwid IS NOT NULL;

  CREATE INDEX auth_attempts_request ON auth_attempts (app_id, request_id, created_at, id);
`;
