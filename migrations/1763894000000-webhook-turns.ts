import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `lease_over`: whoever has the endpoint in hand may no longer speak of it, for its owner has changed
 * it; its place stays taken until that turn has ended.
 */
export class WebhookTurns1763894000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE webhooks ADD COLUMN lease_over boolean NOT NULL DEFAULT false',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks DROP COLUMN lease_over');
  }
}
