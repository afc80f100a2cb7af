import { Injectable, OnModuleInit } from '@nestjs/common';
import type { DomainError } from '../../kernel';
import { Dialect, DialectRegistry, RenderedError, STATUS_OF_CLASS } from '../../platform/http';

/**
 * The house's own wire: `/v1/auth`, `/v1/admin` and whatever nobody else owns. Its controllers
 * live in the modules; this is how it fails: `{success:false, message}` [seed 000] with a machine
 * code and the request id.
 */
@Injectable()
export class HouseDialect implements Dialect, OnModuleInit {
  readonly name = 'house';
  readonly prefixes = ['', '/v1/auth', '/v1/admin', '/v1/reseller', '/v1/builder'];

  constructor(private readonly registry: DialectRegistry) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  renderError(error: DomainError, requestId: string): RenderedError {
    const { problems, report } = error.details;
    return {
      status: STATUS_OF_CLASS[error.class],
      body: {
        success: false,
        message: error.message,
        code: error.code,
        requestId,
        ...(problems ? { errors: problems } : {}),
        ...(report ? { report } : {}),
      },
    };
  }
}
