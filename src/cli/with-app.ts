import type { INestApplicationContext } from '@nestjs/common';
import { createApp } from '../bootstrap/create-app';
import { openDatabase } from '../bootstrap/run';
import { loadConfig } from '../config';
import { DomainError, Origin } from '../kernel';
import { randomHex, resolveSecrets } from '../platform/crypto';
import { EmbeddedPostgresError } from '../platform/database/embedded';
import { createLogger } from '../platform/logging';
import { CommandError } from './command';

/**
 * Runs `use` with the whole server, not listening and without its background jobs, and with the
 * origin that the record shows for a command.
 * @throws CommandError with the sentence of an error that has one
 */
export async function withApp(
  use: (app: INestApplicationContext, origin: Origin) => Promise<void>,
): Promise<void> {
  const config = { ...loadConfig(), BACKGROUND_JOBS: false };
  const logger = createLogger(config);
  const secrets = resolveSecrets(config, (line) => logger.info(line));
  const database = await openDatabase(config, logger).catch(inWords);
  try {
    const app = await createApp({ config, secrets, databaseUrl: database.url, logger });
    try {
      await use(app, { requestId: `cli-${randomHex(4)}`, ip: null, userAgent: null });
    } finally {
      await app.close();
    }
  } catch (error) {
    inWords(error);
  } finally {
    await database.stop();
  }
}

/** What somebody at a terminal can act on needs no stack. */
export function inWords(error: unknown): never {
  const spoken = error instanceof DomainError || error instanceof EmbeddedPostgresError;
  throw spoken ? new CommandError(error.message) : error;
}
