/** Writes who did what into the append-only record. */
export { AuditTrail, sellerActor } from './audit-trail';
export type { AuditActor, AuditEntry, AuditTarget } from './audit-trail';
export type { AuditAction } from './domain/audit-actions';
/** Dumps the record, and erases a person from it. */
export { AuditArchive } from './audit-archive.service';
/** Holds a dump against exported checkpoints; needs neither database nor server. */
export { CheckpointFileError, readCheckpoints } from './verify/exported-tree';
export type { ExportedTree } from './verify/exported-tree';
export { verifyDump } from './verify/verify-dump';
export type { BadEntry, Verification } from './verify/verify-dump';
export { AuditErrors } from './domain/audit.errors';
export { AuditModule } from './audit.module';
