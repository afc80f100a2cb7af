/** Takes and lists what client programs report about themselves. */
export { ClientLogs } from './client-logs.service';
export type { ClientLog, NewClientLog } from './client-logs.service';
/** Limits and default of a message. */
export { LOG_MESSAGE_MAX, LOG_TYPE, LOG_TYPE_DEFAULT, LOG_TYPE_MAX } from './domain/client-logs';
export { ClientLogsModule } from './client-logs.module';
