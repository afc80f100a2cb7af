/** Writes who did what into the append-only record. */
export { AuditTrail, sellerActor } from './audit-trail';
export type { AuditActor, AuditEntry, AuditTarget } from './audit-trail';
export { AuditModule } from './audit.module';
