import { Module, OnModuleInit } from '@nestjs/common';
import { OpenApiParts } from '../../../platform/http';
import { AppsModule } from '../../apps';
import { WebhooksModule } from '../webhooks.module';
import { DeliveriesController } from './deliveries.controller';
import { eventSchemas } from './event-schemas';
import { WebhooksController } from './webhooks.controller';

@Module({
  imports: [AppsModule, WebhooksModule],
  controllers: [WebhooksController, DeliveriesController],
})
export class WebhooksHttpModule implements OnModuleInit {
  constructor(private readonly contract: OpenApiParts) {}

  onModuleInit(): void {
    this.contract.add({ paths: {}, models: [], webhooks: eventSchemas() });
  }
}
