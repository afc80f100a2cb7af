import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The guards of the record mean its own tables, and an erasure only the person it names. */
export class AuditGuards1763895000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ERASURE_OF_ONE);
    await runner.query(PINNED);
    await runner.query(
      'REVOKE EXECUTE ON FUNCTION keep_attempt_days(integer, integer) FROM PUBLIC',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(ERASURE_OF_ANY);
    await runner.query(`
      ALTER FUNCTION queue_audit_record() RESET search_path;
      ALTER FUNCTION keep_until_sealed() RESET search_path;
      ALTER FUNCTION only_erase_record() RESET search_path;
      ALTER FUNCTION only_erase_leaf() RESET search_path;
      ALTER FUNCTION erase_audit_person(uuid, uuid, uuid) SET search_path FROM CURRENT;
      ALTER FUNCTION keep_attempt_days(integer, integer) SET search_path FROM CURRENT;
      GRANT EXECUTE ON FUNCTION keep_attempt_days(integer, integer) TO PUBLIC;
    `);
  }
}

/**
 * A path that does not name pg_temp begins with it: whoever makes temporary tables of the right
 * names would have the functions work on those, and run their triggers with the owner's rights.
 */
const PINNED = `
  DO $$
  DECLARE
    guard text;
  BEGIN
    FOREACH guard IN ARRAY ARRAY[
      'queue_audit_record()', 'keep_until_sealed()', 'only_erase_record()', 'only_erase_leaf()',
      'erase_audit_person(uuid, uuid, uuid)', 'keep_attempt_days(integer, integer)'
    ] LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
  END $$;
`;

/**
 * An erasure concerns the records before its own that the person it names acted in or was the target
 * of. Neither somebody else's nor a later one can be blanked under its id. Erasures stay as they are.
 */
const ERASURE_OF_ONE = `
  CREATE OR REPLACE FUNCTION only_erase_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.salt IS NOT NULL OR OLD.erased_by IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['salt', 'erased_by'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['salt', 'erased_by']
       OR NOT EXISTS (
         SELECT FROM audit_records e
           JOIN audit_leaves l ON l.record_id = e.id
           JOIN audit_records r ON r.id = OLD.record_id
          WHERE e.id = NEW.erased_by AND e.action = 'audit.erase' AND e.seller_id = r.seller_id
            AND e.target_id IN (r.actor_id, r.target_id) AND l.seq > OLD.seq
       ) THEN
      RAISE EXCEPTION '% on % is refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END $$;

  CREATE OR REPLACE FUNCTION erase_audit_person(p_seller uuid, p_person uuid, p_erasure uuid)
  RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    erasure_seq bigint;
    erased bigint;
  BEGIN
    SELECT l.seq INTO erasure_seq
      FROM audit_records e JOIN audit_leaves l ON l.record_id = e.id
     WHERE e.id = p_erasure AND e.action = 'audit.erase' AND e.seller_id = p_seller AND e.target_id = p_person;
    IF erasure_seq IS NULL THEN
      RAISE EXCEPTION 'the erasure is refused: no sealed record says so'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('latchkey.erasing', 'on', true);
    UPDATE audit_leaves l SET salt = NULL, erased_by = p_erasure
      FROM audit_records r
     WHERE r.seller_id = p_seller AND (r.actor_id = p_person OR r.target_id = p_person)
       AND r.action <> 'audit.erase' AND l.record_id = r.id AND l.seq < erasure_seq AND l.erased_by IS NULL;
    GET DIAGNOSTICS erased = ROW_COUNT;
    UPDATE audit_records r SET ip = NULL, details = '{}'
      FROM audit_leaves l
     WHERE r.seller_id = p_seller AND (r.actor_id = p_person OR r.target_id = p_person)
       AND l.record_id = r.id AND l.erased_by = p_erasure;
    PERFORM set_config('latchkey.erasing', 'off', true);
    RETURN erased;
  END $$;
`;

const ERASURE_OF_ANY = `
  CREATE OR REPLACE FUNCTION only_erase_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.salt IS NOT NULL OR OLD.erased_by IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['salt', 'erased_by'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['salt', 'erased_by']
       OR NOT EXISTS (SELECT FROM audit_records WHERE id = NEW.erased_by AND action = 'audit.erase') THEN
      RAISE EXCEPTION '% on % is refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END $$;

  CREATE OR REPLACE FUNCTION erase_audit_person(p_seller uuid, p_person uuid, p_erasure uuid)
  RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
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
`;
