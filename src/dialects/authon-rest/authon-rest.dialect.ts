import { Injectable, OnModuleInit } from '@nestjs/common';
import type { DomainError } from '../../kernel';
import { Dialect, DialectRegistry, RenderedError, STATUS_OF_CLASS } from '../../platform/http';
import { codeOf } from './authon-rest.errors';

/** Authon's second surface [seed 001]: a key in a header, a JWT as `token`, an error table of its own. */
@Injectable()
export class AuthonRestDialect implements Dialect, OnModuleInit {
  readonly name = 'authon-rest';
  readonly prefixes = [
    '/v1/client',
    '/v1/admin/licenses',
    '/v1/admin/users',
    '/v1/admin/blacklist',
    '/v1/admin/files',
    '/v1/reseller/keys',
    '/v1/reseller/stats',
  ];

  constructor(private readonly registry: DialectRegistry) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** The code stands twice, the sentence under `error` (D-B4). */
  renderError(error: DomainError, requestId: string): RenderedError {
    const { problems } = error.details;
    const code = codeOf(error);
    return {
      status: STATUS_OF_CLASS[error.class],
      body: {
        success: false,
        code,
        message: code,
        error: error.message,
        requestId,
        ...(problems ? { errors: problems } : {}),
      },
    };
  }
}
