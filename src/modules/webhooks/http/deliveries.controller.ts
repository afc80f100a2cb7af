import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
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
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { WebhookErrors } from '../domain/webhooks.errors';
import { WebhookLog } from '../webhook-log.service';
import { WebhookPing } from '../webhook-ping';
import { ListDeliveriesQuery, ReplaySinceDto } from './dto/webhooks.dto';
import { DeliveryView, PingView, ReplayedView } from './dto/webhooks.views';
import { WebhookIdParam } from './webhooks.controller';
import * as example from './webhooks.examples';
import { presentDelivery, presentReplayed } from './webhooks.presenter';

const DeliveryIdParam = () =>
  Param('deliveryId', new IdPipe('whd', WebhookErrors.DELIVERY_NOT_FOUND));

/** What was sent to an endpoint, and sending it again [seed 000, «Webhooks»; D-A18, D-A19]. */
@ApiTags('Webhooks')
@Access('seller', 'webhooks')
@OfOwnApp()
@ApiErrors(WebhookErrors.WEBHOOK_NOT_FOUND)
@Controller('v1/admin/apps/:appId/webhooks/:webhookId')
export class DeliveriesController {
  constructor(
    private readonly log: WebhookLog,
    private readonly pings: WebhookPing,
  ) {}

  @Post('test')
  @Answers({
    summary: 'Send a test ping and wait for its answer',
    description:
      'Signed like every message: `{event:"webhook.test",timestamp,data:{webhookId,appId}}`. An answer of 2xx verifies the webhook. At most 30 a minute.',
    data: PingView,
    message: 'Test ping sent',
    example: example.pingExample,
  })
  @ApiErrors(WebhookErrors.WEBHOOK_PINGED_TOO_OFTEN)
  async test(
    @OwnApp() app: OwnedApp,
    @WebhookIdParam() webhookId: string,
    @Caller() caller: SellerCaller,
  ) {
    return ok(await this.pings.test(app, webhookId, caller), 'Test ping sent');
  }

  @Get('deliveries')
  @Answers({
    summary: 'List what was sent to a webhook',
    description: 'The newest first; kept for 30 days.',
    data: DeliveryView,
    list: 'page',
    example: example.deliveriesExample,
  })
  async list(
    @OwnApp() app: OwnedApp,
    @WebhookIdParam() webhookId: string,
    @Query() query: ListDeliveriesQuery,
  ) {
    const { status, ...page } = query;
    return okPage(await this.log.list(app, webhookId, status, page), presentDelivery);
  }

  @Post('deliveries/:deliveryId/replay')
  @Idempotent()
  @Answers({
    summary: 'Send one delivery again',
    description: 'From the first try on, with the same `webhook-id`.',
    data: DeliveryView,
    example: example.replayExample,
  })
  @ApiErrors(WebhookErrors.DELIVERY_NOT_FOUND)
  async replay(
    @OwnApp() app: OwnedApp,
    @WebhookIdParam() webhookId: string,
    @DeliveryIdParam() deliveryId: string,
    @Caller() caller: SellerCaller,
  ) {
    return ok(presentDelivery(await this.log.replay(app, webhookId, deliveryId, caller)));
  }

  @Post('replay')
  @Idempotent({ prepares: true })
  @Answers({
    summary: 'Send everything again that a webhook has missed since an instant',
    description:
      'What was given up, and what happened while the webhook was off or did not exist yet; with `delivered`, also what it received. At most 10,000 events a call, the oldest first; go on from `next`.',
    data: ReplayedView,
    example: example.replayedExample,
  })
  async replaySince(
    @OwnApp() app: OwnedApp,
    @WebhookIdParam() webhookId: string,
    @Body() body: ReplaySinceDto,
    @Caller() caller: SellerCaller,
  ) {
    const { delivered = false } = body;
    const order = { since: new Date(body.since), delivered };
    const found = await this.log.findMissed(app, webhookId, order);
    return new Prepared(async () =>
      ok(presentReplayed(await this.log.replayMissed(app, webhookId, found, caller))),
    );
  }
}
