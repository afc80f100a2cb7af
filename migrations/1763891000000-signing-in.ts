import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where a reseller signed in from last. An index for the few licences among many that have ended:
 * the one before knew used licences only, and an unused one with a fixed end ends as well.
 */
export class SigningIn1763891000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE resellers ADD COLUMN last_ip text;
      DROP INDEX licenses_app_expiry;
      CREATE INDEX licenses_app_expiry ON licenses (app_id, expires_at)
        WHERE hold IS NULL AND expires_at IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX licenses_app_expiry;
      CREATE INDEX licenses_app_expiry ON licenses (app_id, expires_at)
        WHERE hold IS NULL AND activated_at IS NOT NULL;
      ALTER TABLE resellers DROP COLUMN last_ip;
    `);
  }
}
