import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../kernel';
import { AppErrors, AppIdParam, AppsService } from '../../modules/apps';
import { AttemptLog } from '../../modules/attempts';
import { PlanErrors } from '../../modules/plans';
import { Access, ApiErrors, Caller, Idempotent, WholeListQuery } from '../../platform/http';
import { TkiAnswers } from './tki.answers';
import { WIRE } from './tki.decode-desk';
import { TkiAnalyticsQuery, TkiChangeProductDto, TkiCreateProductDto } from './tki.dto';
import { encodeDay, encodeProduct, success, successPage } from './tki.encode';
import * as example from './tki.examples';
import { TkiAnalyticsView, TkiProductView } from './tki.views';

/** Products: the applications of the seller, by the names that programs tell [doc 003, 4.2; D-T10]. */
@ApiTags('TKI management')
@Access('seller', 'apps')
@Controller('api/tki/products')
export class TkiProductsController {
  constructor(
    private readonly apps: AppsService,
    private readonly attempts: AttemptLog,
  ) {}

  @Post()
  @Idempotent()
  @TkiAnswers({
    summary: 'Create a product',
    status: 201,
    data: TkiProductView,
    example: example.product,
  })
  @ApiErrors(PlanErrors.PLAN_LIMIT_REACHED)
  async create(@Body() { name }: TkiCreateProductDto, @Caller() caller: SellerCaller) {
    return success(encodeProduct(await this.apps.create(caller, name)), 201);
  }

  @Get()
  @TkiAnswers({
    summary: 'List your products',
    data: TkiProductView,
    list: 'page',
    example: example.product,
  })
  async list(@Query() query: WholeListQuery, @Caller() caller: SellerCaller) {
    return successPage(await this.apps.list(caller, query), encodeProduct);
  }

  @Get(':appId')
  @TkiAnswers({ summary: 'Read a product', data: TkiProductView, example: example.product })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async get(@AppIdParam() appId: string, @Caller() caller: SellerCaller) {
    return success(encodeProduct(await this.apps.get(caller, appId)));
  }

  @Patch(':appId')
  @TkiAnswers({
    summary: 'Change name or version of a product',
    data: TkiProductView,
    example: example.product,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async change(
    @AppIdParam() appId: string,
    @Body() body: TkiChangeProductDto,
    @Caller() caller: SellerCaller,
  ) {
    return success(encodeProduct(await this.apps.update(caller, appId, body)));
  }

  @Delete(':appId')
  @TkiAnswers({
    summary: 'Delete a product with all its licences, for good',
    data: TkiProductView,
    example: example.product,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async delete(@AppIdParam() appId: string, @Caller() caller: SellerCaller) {
    const app = await this.apps.get(caller, appId);
    await this.apps.delete(caller, appId);
    return success(encodeProduct(app));
  }

  @Get(':appId/analytics')
  @TkiAnswers({
    summary: 'Attempts, successes, distinct addresses and HWIDs of each day (UTC)',
    description: 'Days without an attempt are left out; the newest stands first.',
    data: TkiAnalyticsView,
    list: 'all',
    example: example.day,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async analytics(
    @AppIdParam() appId: string,
    @Query() { days }: TkiAnalyticsQuery,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
    const found = await this.attempts.perDay(app.id, WIRE, days);
    return success(found.map(encodeDay));
  }
}
