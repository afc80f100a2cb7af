import { Body, Controller, Delete, Get, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Idempotent,
  Caller,
  ok,
  okPage,
  WholeListQuery,
} from '../../../platform/http';
import { PlanErrors } from '../../plans';
import { AppsService } from '../apps.service';
import { AppErrors } from '../domain/apps.errors';
import { AppIdParam } from './app-id.param';
import * as example from './apps.examples';
import { presentApp, presentListedApp } from './apps.presenter';
import { CreateAppDto, UpdateAppDto } from './dto/apps.dto';
import { ApiKeyView, AppView, CreatedAppView, ListedAppView } from './dto/apps.views';

/** Applications [seed 000, «Admin API»]. */
@ApiTags('Applications')
@Access('seller', 'apps')
@Controller('v1/admin/apps')
export class AppsController {
  constructor(private readonly apps: AppsService) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Create an application',
    status: 201,
    data: CreatedAppView,
    example: example.createdAppExample,
  })
  @ApiErrors(PlanErrors.PLAN_LIMIT_REACHED)
  async create(@Body() body: CreateAppDto, @Caller() caller: SellerCaller) {
    const { secret, ...app } = await this.apps.create(caller, body.name);
    return ok({ ...presentApp(app), secret });
  }

  @Get()
  @Answers({
    summary: 'List your applications with their counts',
    data: ListedAppView,
    list: 'page',
    example: example.appListExample,
  })
  async list(@Query() query: WholeListQuery, @Caller() caller: SellerCaller) {
    return okPage(await this.apps.list(caller, query), presentListedApp);
  }

  @Get(':appId')
  @Answers({ summary: 'Read an application', data: AppView, example: example.appExample })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async get(@AppIdParam() appId: string, @Caller() caller: SellerCaller) {
    return ok(presentApp(await this.apps.get(caller, appId)));
  }

  @Put(':appId')
  @Answers({
    summary: 'Change settings of an application',
    description: 'Fields that are absent stay as they are, with PUT as with PATCH.',
    data: AppView,
    example: example.appUpdateExample,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND, AppErrors.VPN_LIST_MISSING)
  put(@AppIdParam() appId: string, @Body() body: UpdateAppDto, @Caller() caller: SellerCaller) {
    return this.patch(appId, body, caller);
  }

  @Patch(':appId')
  @Answers({
    summary: 'Change settings of an application',
    data: AppView,
    example: example.appUpdateExample,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND, AppErrors.VPN_LIST_MISSING)
  async patch(
    @AppIdParam() appId: string,
    @Body() body: UpdateAppDto,
    @Caller() caller: SellerCaller,
  ) {
    return ok(presentApp(await this.apps.update(caller, appId, body)));
  }

  @Delete(':appId')
  @Answers({
    summary: 'Delete an application with all its data',
    message: 'Application deleted',
    example: { success: true, message: 'Application deleted' },
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async delete(@AppIdParam() appId: string, @Caller() caller: SellerCaller) {
    await this.apps.delete(caller, appId);
    return ok(undefined, 'Application deleted');
  }

  @Post(':appId/regenerate-key')
  @Idempotent()
  @Answers({
    summary: 'Replace the API key',
    description: 'When this answers, the old key is dead on every process. Live sessions stay.',
    data: ApiKeyView,
    example: example.apiKeyExample,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async regenerateKey(@AppIdParam() appId: string, @Caller() caller: SellerCaller) {
    return ok({ apiKey: await this.apps.regenerateKey(caller, appId) });
  }
}
