import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a reseller signed in from last. */
export class KnownResellers1763891000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE resellers ADD COLUMN last_ip text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE resellers DROP COLUMN last_ip');
  }
}
