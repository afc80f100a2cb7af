import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  Idempotent,
  IdPipe,
  ok,
  okPage,
  Prepared,
  WholeListQuery,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { WebhookErrors } from '../domain/webhooks.errors';
import { WebhooksService } from '../webhooks.service';
import { ChangeWebhookDto, CreateWebhookDto } from './dto/webhooks.dto';
import { WebhookView, WebhookWithSecretView } from './dto/webhooks.views';
import * as example from './webhooks.examples';
import { presentWebhook, presentWithSecret } from './webhooks.presenter';

export const WebhookIdParam = () =>
  Param('webhookId', new IdPipe('wh', WebhookErrors.WEBHOOK_NOT_FOUND));

/** Endpoints that are told of an application's events [seed 000, «Webhooks»; D-A17, D-A19]. */
@ApiTags('Webhooks')
@Access('seller', 'webhooks')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @Idempotent({ prepares: true })
  @Answers({
    summary: 'Subscribe an address to events',
    description:
      'A test ping is sent at once, in the background; when it is answered 2xx the webhook becomes `ACTIVE` and events flow. The secret is shown in this answer only.',
    status: 201,
    data: WebhookWithSecretView,
    example: example.createdExample,
  })
  @ApiErrors(WebhookErrors.WEBHOOK_LIMIT, WebhookErrors.WEBHOOK_PINGED_TOO_OFTEN)
  async create(
    @OwnApp() app: OwnedApp,
    @Body() body: CreateWebhookDto,
    @Caller() caller: SellerCaller,
  ) {
    await this.webhooks.admit(app, body);
    return new Prepared(async () =>
      ok(presentWithSecret(await this.webhooks.create(app, body, caller))),
    );
  }

  @Get()
  @Answers({
    summary: 'List the webhooks of an application',
    data: WebhookView,
    list: 'page',
    example: example.listExample,
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: WholeListQuery) {
    return okPage(await this.webhooks.list(app, query), presentWebhook);
  }

  @Patch(':webhookId')
  @Answers({
    summary: 'Change a webhook, or switch it off and on',
    description:
      'Another address, and switching on, need a new verification: a test ping is sent as soon as what is under way has ended, 30 a minute at most. Until it is answered nothing is sent; what waits stays. A webhook that you switched off stays off at another address, unless `enabled` is sent with it.',
    data: WebhookView,
    example: example.webhookExample,
  })
  @ApiErrors(
    WebhookErrors.WEBHOOK_NOT_FOUND,
    WebhookErrors.WEBHOOK_LIMIT,
    WebhookErrors.WEBHOOK_PINGED_TOO_OFTEN,
  )
  async change(
    @OwnApp() app: OwnedApp,
    @WebhookIdParam() webhookId: string,
    @Body() body: ChangeWebhookDto,
    @Caller() caller: SellerCaller,
  ) {
    await this.webhooks.admit(app, body);
    return ok(presentWebhook(await this.webhooks.change(app, webhookId, body, caller)));
  }

  @Delete(':webhookId')
  @Answers({
    summary: 'Delete a webhook with its log',
    message: 'Webhook deleted',
    example: example.deletedExample,
  })
  @ApiErrors(WebhookErrors.WEBHOOK_NOT_FOUND)
  async remove(
    @OwnApp() app: OwnedApp,
    @WebhookIdParam() webhookId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.webhooks.remove(app, webhookId, caller);
    return ok(undefined, 'Webhook deleted');
  }

  @Post(':webhookId/rotate-secret')
  @Idempotent()
  @Answers({
    summary: 'Give a webhook a new secret',
    description:
      'For 24 hours messages carry a signature by each, the new secret and the one before. The secret is shown in this answer only.',
    data: WebhookWithSecretView,
    example: example.rotatedExample,
  })
  @ApiErrors(WebhookErrors.WEBHOOK_NOT_FOUND)
  async rotateSecret(
    @OwnApp() app: OwnedApp,
    @WebhookIdParam() webhookId: string,
    @Caller() caller: SellerCaller,
  ) {
    return ok(presentWithSecret(await this.webhooks.rotateSecret(app, webhookId, caller)));
  }
}
