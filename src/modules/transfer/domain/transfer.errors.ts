import { defineErrors } from '../../../kernel';

export const TransferErrors = defineErrors('transfer', {
  IMPORT_REJECTED: {
    class: 'invalid',
    message: 'The file was not imported',
    log: 'info',
    help: 'Nothing of the file was stored, for some of it cannot be. `report.errors` names the first 1,000 bad rows with field and reason, `report.errorCount` counts all. A row is counted from 1 within its list; the header of a CSV file is not counted.',
  },
  IMPORT_OVERTAKEN: {
    class: 'conflict',
    message: 'A licence or user of the file came into being meanwhile; import the file again',
    log: 'info',
    help: 'Nothing was stored. While the file was written into the application, somebody else made a key or a user that it holds too.',
  },
  IMPORTS_BUSY: {
    class: 'limited',
    message: 'Too many imports are under way, please retry',
    log: 'info',
    help: 'A server reads a few files at a time, and one of each seller. Retry after `Retry-After` seconds.',
  },
  EXPORTS_BUSY: {
    class: 'limited',
    message: 'Too many exports are under way, please retry',
    log: 'info',
    help: 'A server writes a few files at a time, and one for each seller. Retry after `Retry-After` seconds.',
  },
});
