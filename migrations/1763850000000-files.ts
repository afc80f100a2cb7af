import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files for clients: what they are, where their content lies, and tickets to download them. */
export class Files1763850000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [FILES, RELEASE, deletion(FILES_TOO)]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${deletion('')}
      DROP TABLE download_tickets, files, file_blobs;
      DROP FUNCTION release_blob;
      ALTER TABLE apps DROP COLUMN file_response_mode;
    `);
  }
}

const FILES = `
  ALTER TABLE apps ADD COLUMN file_response_mode text NOT NULL DEFAULT 'json';

  CREATE TABLE file_blobs (
    id uuid NOT NULL,
    seller_id uuid NOT NULL,
    state text NOT NULL,
    size bigint NOT NULL DEFAULT 0,
    master_key_id text NOT NULL,
    key_wrapped bytea NOT NULL,
    touched_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT file_blobs_pkey PRIMARY KEY (id)
  );
  CREATE INDEX file_blobs_seller ON file_blobs (seller_id);
  CREATE INDEX file_blobs_sweep ON file_blobs (touched_at) WHERE state <> 'PUBLISHED';
  CREATE INDEX file_blobs_master_key ON file_blobs (master_key_id);

  CREATE TABLE files (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    min_level integer NOT NULL DEFAULT 0,
    version text,
    channel text NOT NULL DEFAULT 'stable',
    size bigint NOT NULL DEFAULT 0,
    sha256 bytea,
    blob_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT files_pkey PRIMARY KEY (id),
    CONSTRAINT files_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
    CONSTRAINT files_blob_fkey FOREIGN KEY (blob_id) REFERENCES file_blobs(id)
  );
  CREATE UNIQUE INDEX files_code ON files (code);
  CREATE INDEX files_app_created ON files (app_id, created_at, id);
  CREATE UNIQUE INDEX files_version ON files (app_id, name, channel, version) WHERE version IS NOT NULL;
  CREATE UNIQUE INDEX files_blob ON files (blob_id) WHERE blob_id IS NOT NULL;

  CREATE TABLE download_tickets (
    token_hash bytea NOT NULL,
    file_id uuid NOT NULL,
    session_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT download_tickets_pkey PRIMARY KEY (token_hash),
    -- The session first: references are locked in this order, and delete_app comes to files after sessions.
    CONSTRAINT download_tickets_session_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
    CONSTRAINT download_tickets_file_fkey FOREIGN KEY (file_id) REFERENCES files(id) ON DELETE CASCADE
  );
  CREATE INDEX download_tickets_file ON download_tickets (file_id);
  CREATE INDEX download_tickets_session ON download_tickets (session_id);
  CREATE INDEX download_tickets_expiry ON download_tickets (expires_at);
`;

/** Whatever takes a content from its file, the deletion of an application included, sets it free. */
const RELEASE = `
  CREATE FUNCTION release_blob() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE file_blobs SET state = 'UNUSED', touched_at = clock_timestamp() WHERE id = OLD.blob_id;
    RETURN NULL;
  END $$;

  CREATE TRIGGER files_release_replaced AFTER UPDATE OF blob_id ON files
    FOR EACH ROW WHEN (OLD.blob_id IS DISTINCT FROM NEW.blob_id) EXECUTE FUNCTION release_blob();
  CREATE TRIGGER files_release_deleted AFTER DELETE ON files
    FOR EACH ROW WHEN (OLD.blob_id IS NOT NULL) EXECUTE FUNCTION release_blob();
`;

const FILES_TOO = 'DELETE FROM files WHERE app_id = p_app;';

/** As before, with the files among what is locked before the application. */
function deletion(files: string): string {
  return `
    CREATE OR REPLACE FUNCTION delete_app(p_app uuid, p_seller uuid) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM apps WHERE id = p_app AND seller_id = p_seller) THEN
        RETURN false;
      END IF;
      DELETE FROM licenses WHERE app_id = p_app;
      DELETE FROM app_users WHERE app_id = p_app;
      DELETE FROM resellers WHERE app_id = p_app;
      ${files}
      DELETE FROM apps WHERE id = p_app;
      RETURN FOUND;
    END $$;
  `;
}
