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

/**
 * What JSON leaves as it is but a terminal or a reader of lines obeys: C1 controls, line separators,
 * and what turns the direction of writing around.
 */
const OBEYED = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(sign: string): string {
  const units = sign.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}

/** JSON lines on standard output: one event, one line, ISO time, secrets removed. */
export function createLogger(config: Config, destination?: DestinationStream): Logger {
  return pino(
    {
      level: config.LOG_LEVEL,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Such signs occur in texts only, where their escapes say the same.
      hooks: { streamWrite: (line) => line.replace(OBEYED, escaped) },
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
