import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The data of an event keeps the order of its fields, which jsonb does not. */
export class EventData1763880000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox_events ALTER COLUMN data TYPE json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox_events ALTER COLUMN data TYPE jsonb');
  }
}
