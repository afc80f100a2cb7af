import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config, loadConfig } from '../config';
import { resolveSecrets } from '../platform/crypto';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../platform/database/embedded';
import { Lifecycle } from '../platform/health';
import { createLogger, Logger } from '../platform/logging';
import { closeApp, createApp } from './create-app';

export interface RunningServer {
  readonly url: string;
  readonly embedded: boolean;
  stop(): Promise<void>;
}

/** Starts everything a server needs: secrets, database, application, listener. */
export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  const secrets = resolveSecrets(config, (line) => logger.info(line));
  const database = await openDatabase(config, logger);
  let app: NestFastifyApplication;
  try {
    app = await createApp({ config, secrets, databaseUrl: database.url, logger });
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return {
    url: (await app.getUrl()).replace('[::1]', 'localhost'),
    embedded: config.DATABASE_URL === undefined,
    stop: async () => {
      app.get(Lifecycle).drain();
      await closeApp(app);
      await database.stop();
    },
  };
}

/** The configured database, or the embedded one in `DATA_DIR`. */
export async function openDatabase(
  config: Config,
  logger: Logger,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({
    dataDir: config.DATA_DIR,
    log: (line) => logger.info({ component: 'embedded-postgres' }, line),
  });
}

/** The server process: starts, prints what to do next, stops once on any signal that asks for it. */
export async function run(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger(config);
  const server = await startServer(config, logger);
  process.stdout.write(`${welcome(server, config)}\n`);
  stopOnSignal(config, logger, () => server.stop());
}

/** The worker process: background jobs only, on the database that DATABASE_URL names. */
export async function runWorker(): Promise<void> {
  const config = loadConfig();
  if (!config.DATABASE_URL) {
    throw new Error('A worker shares the database of its servers: set DATABASE_URL.');
  }
  const logger = createLogger(config);
  const secrets = resolveSecrets(config, (line) => logger.info(line));
  const withJobs = { ...config, BACKGROUND_JOBS: true };
  const databaseUrl = config.DATABASE_URL;
  const app = await createApp({ config: withJobs, secrets, databaseUrl, logger });
  logger.info('worker is running');
  // The jobs' timers hold no process open; the worker lives until it is told to stop.
  const alive = setInterval(() => undefined, 60_000);
  stopOnSignal(config, logger, () => {
    clearInterval(alive);
    return app.close();
  });
}

/** Ctrl-C, a service manager, a terminal that is closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function stopOnSignal(config: Config, logger: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'draining');
    const deadline = setTimeout(() => {
      logger.error('requests did not end in time, exiting');
      process.exit(1);
    }, config.SHUTDOWN_TIMEOUT_SECONDS * 1_000);
    void stop()
      .catch((error: unknown) => logger.error({ err: error }, 'stopping failed'))
      .finally(() => {
        clearTimeout(deadline);
        process.exit();
      });
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
}

function welcome(server: RunningServer, config: Config): string {
  const database = server.embedded
    ? `embedded PostgreSQL in ${config.DATA_DIR}`
    : 'the one DATABASE_URL names';
  return [
    '',
    `Latchkey is ready at ${server.url}`,
    `  API page   ${server.url}/docs`,
    `  Database   ${database}`,
    '  First seller:',
    `    curl -X POST ${server.url}/v1/auth/register -H 'Content-Type: application/json' \\`,
    `      -d '{"email":"dev@example.com","password":"choose a good one","name":"Your Name"}'`,
    '',
  ].join('\n');
}
