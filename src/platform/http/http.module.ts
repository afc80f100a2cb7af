import { Global, Module, OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { BackgroundJobs } from '../background';
import { AccessGuard, AccessRegistry } from './access';
import { DialectRegistry } from './dialect';
import { ErrorFilter, ErrorResponder } from './error-filter';
import { IdempotencyInterceptor } from './idempotency';
import { IdempotencyStore } from './idempotency.repository';
import { InputPipe } from './input.pipe';
import { OpenApiParts } from './openapi';
import { RouteTable } from './route-table';
import { SilentConnections } from './silent-connections';

/** What stands around every route: who may call it, what it takes, how it fails. */
@Global()
@Module({
  providers: [
    AccessRegistry,
    DialectRegistry,
    ErrorResponder,
    IdempotencyStore,
    OpenApiParts,
    RouteTable,
    SilentConnections,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_PIPE, useClass: InputPipe },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
  exports: [
    AccessRegistry,
    DialectRegistry,
    ErrorResponder,
    OpenApiParts,
    RouteTable,
    SilentConnections,
  ],
})
export class HttpModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly idempotency: IdempotencyStore,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'forget idempotency keys',
      everySeconds: 300,
      run: () => this.idempotency.forgetOld(),
    });
  }
}
