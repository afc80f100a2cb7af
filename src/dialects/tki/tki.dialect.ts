import { Injectable, OnModuleInit } from '@nestjs/common';
import type { DomainError, FieldProblem } from '../../kernel';
import {
  Dialect,
  DialectRegistry,
  RenderedError,
  STATUS_OF_CLASS,
  UNKNOWN_FIELD,
} from '../../platform/http';
import { TKI_ERRORS } from './tki.error-shape';
import { failure, textOf } from './tki.errors';

/** Fields that the domain calls otherwise. */
const FIELD_NAMES = new Map([['expiresAt', 'expires_at']]);

/** A problem under the name of the field on this wire; an unknown field has the name it was sent with. */
function asSent({ field, message }: FieldProblem): FieldProblem {
  const name = message === UNKNOWN_FIELD ? undefined : FIELD_NAMES.get(field);
  return { field: name ?? field, message };
}

/** TKI Auth [doc 003]: programs name their product and show a licence key. */
@Injectable()
export class TkiDialect implements Dialect, OnModuleInit {
  readonly name = 'tki';
  readonly prefixes = ['/api/license/auth', '/api/tki'];
  readonly errorShape = TKI_ERRORS;

  constructor(private readonly registry: DialectRegistry) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** `message` and `status_overview` are the document's; the rest is ours (D-T1). */
  renderError(error: DomainError, requestId: string): RenderedError {
    const status = STATUS_OF_CLASS[error.class];
    const message = textOf(error.code, error.message);
    const problems = error.details.problems?.map(asSent);
    const [first] = problems ?? [];
    const told = first ? `${first.field}: ${first.message}` : message;
    const body = failure(status, told, error.code, requestId);
    return { status, body: problems ? { ...body, errors: problems } : body };
  }
}
