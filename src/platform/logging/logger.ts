import type { LoggerService } from '@nestjs/common';
import pino, { DestinationStream } from 'pino';
import type { Config } from '../../config';

export type Logger = pino.Logger;
export const LOGGER = Symbol('logger');

/** Keys whose values never reach a log, wherever an object of the first three levels has them. */
const SECRET_KEYS = [
  'password',
  'currentPassword',
  'newPassword',
  'apiKey',
  'licenseKey',
  'sessionToken',
  'accessToken',
  'refreshToken',
  'token',
  'secret',
  'authorization',
  'passwordHash',
  'parameters',
];

/** JSON lines on standard output: one event, one line, ISO time, secrets removed. */
export function createLogger(config: Config, destination?: DestinationStream): Logger {
  return pino(
    {
      level: config.LOG_LEVEL,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: '[redacted]',
      },
    },
    destination ?? pino.destination({ sync: false, minLength: 0 }),
  );
}

/** Nest's own messages in the same log. Its chatter at start is `debug`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
}
