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
});
