/** Licences and users into an application, from a file. */
export { ImportService } from './import.service';
export type { ImportOrder } from './import.service';
/** And out of it. */
export { ExportService } from './export.service';
export { TransferErrors } from './domain/transfer.errors';
export { TransferModule } from './transfer.module';
