import { defineErrors } from '../../../kernel';

export const AuditErrors = defineErrors('audit', {
  AUDIT_RECORD_NOT_FOUND: {
    class: 'missing',
    message: 'Audit record not found',
    log: 'info',
    help: 'Your account has no audit record with this id.',
  },
  AUDIT_NOT_COVERED: {
    class: 'conflict',
    message: 'No checkpoint covers this record yet',
    log: 'info',
    help: 'The record is kept, but no signed checkpoint says so yet. One is signed each minute; ask again then.',
  },
  EVENT_STREAMS_FULL: {
    class: 'limited',
    message: 'Too many event streams are open',
    log: 'info',
    help: 'A seller may have five open event streams at each server process. Close one, or wait for `Retry-After` seconds: one that nobody reads any more is closed.',
  },
});
