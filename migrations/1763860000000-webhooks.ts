import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Webhooks: endpoints with their secrets, one row for each delivery (the job and its log), and a
 * number for each event of an application. Everything goes with the application: endpoints by their
 * reference to it, deliveries by theirs to the endpoint.
 */
export class Webhooks1763860000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [EVENTS, ENDPOINTS, DELIVERIES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE webhook_deliveries, webhook_secrets, webhooks, event_sequences;
      DROP INDEX outbox_events_app_occurred, outbox_events_age;
      ALTER TABLE outbox_events DROP COLUMN sequence;
    `);
  }
}

/**
 * `sequence` is the number that subscribers see: given when the event is fanned out, so that writing
 * one waits for nobody.
 */
const EVENTS = `
  ALTER TABLE outbox_events ADD COLUMN sequence bigint;
  CREATE INDEX outbox_events_app_occurred ON outbox_events (app_id, occurred_at, id);
  CREATE INDEX outbox_events_age ON outbox_events USING brin (occurred_at);

  CREATE TABLE event_sequences (
    app_id uuid NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT event_sequences_pkey PRIMARY KEY (app_id)
  );
`;

const ENDPOINTS = `
  CREATE TABLE webhooks (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    url text NOT NULL,
    host text NOT NULL,
    format text NOT NULL,
    events text[] NOT NULL,
    ordering text NOT NULL,
    status text NOT NULL DEFAULT 'PENDING',
    status_reason text,
    failing_since timestamptz,
    slow_failures integer NOT NULL DEFAULT 0,
    paused_until timestamptz,
    due_at timestamptz DEFAULT now(),
    lease uuid,
    leased_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhooks_pkey PRIMARY KEY (id),
    CONSTRAINT webhooks_app_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE
  );
  CREATE INDEX webhooks_app_created ON webhooks (app_id, created_at, id);
  CREATE INDEX webhooks_seller_host ON webhooks (seller_id, host);
  CREATE INDEX webhooks_due ON webhooks (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX webhooks_leased ON webhooks (leased_until) WHERE leased_until IS NOT NULL;

  CREATE TABLE webhook_secrets (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    secret_sealed bytea NOT NULL,
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT webhook_secrets_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_secrets_webhook_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks(id) ON DELETE CASCADE
  );
  CREATE INDEX webhook_secrets_webhook ON webhook_secrets (webhook_id, created_at);
`;

const DELIVERIES = `
  CREATE TABLE webhook_deliveries (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    sequence bigint NOT NULL,
    status text NOT NULL DEFAULT 'PENDING',
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    attempted_at timestamptz,
    status_code integer,
    failure text,
    duration_ms integer,
    response text,
    history jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks(id) ON DELETE CASCADE,
    CONSTRAINT webhook_deliveries_event_fkey FOREIGN KEY (event_id) REFERENCES outbox_events(id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (event_id, webhook_id);
  CREATE INDEX webhook_deliveries_listed ON webhook_deliveries (webhook_id, created_at, id);
  CREATE INDEX webhook_deliveries_status ON webhook_deliveries (webhook_id, status, created_at, id);
  CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_at) WHERE status = 'PENDING';
  CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (webhook_id, sequence) WHERE status = 'PENDING';
`;
