import { Module, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AppsModule } from '../../modules/apps';
import { ClientAccessModule } from '../../modules/client-access';
import { OpenApiParts } from '../../platform/http';
import { AuthonDispatchDialect } from './authon-dispatch.dialect';
import { dispatchOpenApi } from './authon-dispatch.openapi';
import { DispatchOperations } from './authon-dispatch.operations';
import { DownloadsController } from './authon-dispatch.downloads.controller';
import { AuthonDispatchRoute } from './authon-dispatch.route';

@Module({
  imports: [AppsModule, ClientAccessModule],
  controllers: [DownloadsController],
  providers: [AuthonDispatchDialect, AuthonDispatchRoute, DispatchOperations],
})
export class AuthonDispatchModule implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly route: AuthonDispatchRoute,
    private readonly operations: DispatchOperations,
    private readonly openApi: OpenApiParts,
  ) {}

  onModuleInit(): void {
    this.openApi.add(dispatchOpenApi(this.operations.all));
    this.route.register(this.adapter.httpAdapter.getInstance<FastifyInstance>());
  }
}
