import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `lease_over`: whoever has the endpoint in hand may no longer speak of it, for its owner has changed
 * it; its place stays taken until that turn has ended. `deleted_at`: hidden from everybody, until its
 * log is deleted. `pings`: test pings in vain, which are repeated.
 * `queued_at`: when a delivery was taken up, the last time; those that are there count from now.
 */
export class WebhookTurns1763894000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE webhooks
        ADD COLUMN lease_over boolean NOT NULL DEFAULT false,
        ADD COLUMN deleted_at timestamptz,
        ADD COLUMN pings integer NOT NULL DEFAULT 0;
      ALTER TABLE webhook_deliveries ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now();
      CREATE INDEX webhooks_deleted ON webhooks (deleted_at) WHERE deleted_at IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM webhooks WHERE deleted_at IS NOT NULL;
      ALTER TABLE webhooks DROP COLUMN lease_over, DROP COLUMN deleted_at, DROP COLUMN pings;
      ALTER TABLE webhook_deliveries DROP COLUMN queued_at;
    `);
  }
}
