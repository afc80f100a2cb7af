import type { INestApplicationContext } from '@nestjs/common';
import { createApp } from '../bootstrap/create-app';
import { openDatabase } from '../bootstrap/run';
import { loadConfig } from '../config';
import { DomainError, Origin } from '../kernel';
import { randomHex, resolveSecrets } from '../platform/crypto';
import { createLogger } from '../platform/logging';
import { CommandError } from './command';

/**
 * Runs `use` with the whole server, not listening and without its background jobs, and with the
 * origin that the record shows for a command.
 * @throws CommandError with the sentence of a domain error
 */
export async function withApp(
  use: (app: INestApplicationContext, origin: Origin) => Promise<void>,
): Promise<void> {
  const config = { ...loadConfig(), BACKGROUND_JOBS: false };
  const logger = createLogger(config);
  const secrets = resolveSecrets(config, (line) => logger.info(line));
  const database = await openDatabase(config, logger);
  try {
    const app = await createApp({ config, secrets, databaseUrl: database.url, logger });
    try {
      await use(app, { requestId: `cli-${randomHex(4)}`, ip: null, userAgent: null });
    } finally {
      await app.close();
    }
  } catch (error) {
    throw error instanceof DomainError ? new CommandError(error.message) : error;
  } finally {
    await database.stop();
  }
}
