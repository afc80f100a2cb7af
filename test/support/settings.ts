import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Settings of servers under test: cheap hashing and limits out of the way. A test that looks at
 * one of these sets it back.
 */
export const testSettings: Record<string, string> = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  BCRYPT_COST: '4',
  LOG_LEVEL: 'silent',
  MIGRATE_ON_START: 'false',
  RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000000',
  RATE_LIMIT_CLIENT_PER_MINUTE: '1000000',
  RATE_LIMIT_SELLER_PER_MINUTE: '1000000',
  KEY_GUESSES_PER_TEN_MINUTES: '1000000',
  WEBHOOK_PINGS_PER_MINUTE: '1000000',
  DATABASE_ACQUIRE_TIMEOUT_MS: '10000',
  DATABASE_LOCK_TIMEOUT_MS: '10000',
  FILES_DIR: process.env['TEST_FILES_DIR'] ?? join(tmpdir(), 'latchkey-test-files'),
  MASTER_KEY: 'dGVzdC1tYXN0ZXIta2V5LW5vdC1mb3ItcHJvZHVjdGlvbg==',
  JWT_SECRET: 'dGVzdC1qd3Qtc2VjcmV0LW5vdC1mb3ItcHJvZHVjdGlvbiE=',
};
