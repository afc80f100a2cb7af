import { Injectable, OnModuleInit } from '@nestjs/common';
import type { DomainError } from '../../kernel';
import { Dialect, DialectRegistry, RenderedError, STATUS_OF_CLASS } from '../../platform/http';
import { TKI_ERRORS } from './tki.error-shape';
import { failure, textOf } from './tki.errors';

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
    const { problems } = error.details;
    const status = STATUS_OF_CLASS[error.class];
    const body = failure(status, textOf(error.code, error.message), error.code, requestId);
    return { status, body: problems ? { ...body, errors: problems } : body };
  }
}
