import { Injectable, OnModuleInit } from '@nestjs/common';
import type { DomainError } from '../../kernel';
import { Dialect, DialectRegistry, RenderedError, STATUS_OF_CLASS } from '../../platform/http';
import { spelledRefusal } from './authon-dispatch.errors';

/** `POST /v1` with a `type` [seed 000, «Client API»]. It fails as it refuses: one shape. */
@Injectable()
export class AuthonDispatchDialect implements Dialect, OnModuleInit {
  readonly name = 'authon-dispatch';
  readonly prefixes = ['/v1'];

  constructor(private readonly registry: DialectRegistry) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  renderError(error: DomainError, requestId: string): RenderedError {
    const { problems } = error.details;
    const { status, message, code } = spelledRefusal(error.code) ?? {
      status: STATUS_OF_CLASS[error.class],
      message: error.message,
      code: error.code,
    };
    return {
      status,
      body: { success: false, message, code, requestId, ...(problems ? { errors: problems } : {}) },
    };
  }
}
