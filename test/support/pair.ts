import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { closeApp, createApp } from '../../src/bootstrap/create-app';
import { parseConfig } from '../../src/config';
import { createLogger } from '../../src/platform/logging';
import { freshDatabase, TestDatabase } from './database';
import { testSettings } from './settings';

/** Two servers on one database, in this process: only so can their counters be asked. */
export interface Pair {
  readonly apps: readonly NestFastifyApplication[];
  readonly urls: readonly [string, string];
  readonly database: TestDatabase;
  close(): Promise<void>;
}

export async function openPair(overrides: Record<string, string> = {}): Promise<Pair> {
  const database = await freshDatabase();
  const config = parseConfig({ ...testSettings, ...overrides });
  const secrets = { masterKey: config.MASTER_KEY!, jwtSecret: config.JWT_SECRET! };
  const logger = createLogger(config, { write: () => undefined });
  const open = async () => {
    const app = await createApp({ config, secrets, databaseUrl: database.url, logger });
    await app.listen(0, '127.0.0.1');
    return app;
  };
  const apps = [await open(), await open()] as const;
  return {
    apps,
    urls: [await apps[0].getUrl(), await apps[1].getUrl()],
    database,
    close: async () => {
      await Promise.all(apps.map(closeApp));
      await database.close();
    },
  };
}
