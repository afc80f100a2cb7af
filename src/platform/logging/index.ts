export { createLogger, LOGGER, NestLogger } from './logger';
export type { Logger } from './logger';
export { LoggingModule } from './logging.module';
