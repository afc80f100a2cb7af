import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { AuditAction, AuditActor, AuditTrail } from '../audit';

/** The tenant and application a verb acts in, as its caller has established. */
export interface Scope {
  readonly id: string;
  readonly sellerId: string;
}

/** What is done to variables, for the record. Values stay out of it: they may be secrets. */
@Injectable()
export class VariableBooks {
  constructor(private readonly audit: AuditTrail) {}

  record(
    action: AuditAction,
    app: Scope,
    variable: { readonly id: string; readonly key: string },
    by: { readonly actor: AuditActor; readonly origin: Origin },
    details: Readonly<Record<string, unknown>> = {},
  ): void {
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      ...by,
      action,
      target: { kind: 'variable', id: variable.id },
      details: { key: variable.key, ...details },
    });
  }
}
