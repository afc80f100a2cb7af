import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { parseUuid, SellerCaller } from '../../kernel';
import { AppErrors, AppsService } from '../../modules/apps';
import { AttemptLog } from '../../modules/attempts';
import { BlacklistErrors, BlacklistService } from '../../modules/blacklist';
import { GatewayErrors, Gateways } from '../../modules/gateways';
import { Access, ApiErrors, Caller, Idempotent, IdPipe } from '../../platform/http';
import { TkiAnswers } from './tki.answers';
import { attemptFilterOf, BLACKLIST_TYPE_OF, settingsOf } from './tki.decode-desk';
import { TkiBlacklistDto, TkiListBlacklistQuery, TkiLogsQuery, TkiSettingsDto } from './tki.dto';
import {
  encodeAttempt,
  encodeBlacklisted,
  encodeSettings,
  success,
  successPage,
} from './tki.encode';
import * as example from './tki.examples';
import { TkiAttemptView, TkiBlacklistView, TkiKeyView, TkiSettingsView } from './tki.views';

const BlockIdParam = () =>
  Param('blockId', new IdPipe('bl', BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND));

/** Blacklist, settings and logs: what holds for all products of a seller [doc 003, 4.2, 4.3; D-T10]. */
@ApiTags('TKI management')
@Controller('api/tki')
export class TkiDeskController {
  constructor(
    private readonly apps: AppsService,
    private readonly blacklist: BlacklistService,
    private readonly gateways: Gateways,
    private readonly attempts: AttemptLog,
  ) {}

  @Post('blacklist')
  @Access('seller', 'blacklist')
  @Idempotent()
  @TkiAnswers({
    summary: 'Blacklist an address, an HWID or a licence key for all products',
    description:
      'Holds from the next request on, on every wire. An `expires_at` lifts it by itself.',
    status: 201,
    data: TkiBlacklistView,
    example: example.blacklisted,
  })
  @ApiErrors(BlacklistErrors.BLACKLIST_ENTRY_EXISTS)
  async addToBlacklist(@Body() body: TkiBlacklistDto, @Caller() caller: SellerCaller) {
    const { type, value, reason = null, expires_at: until } = body;
    const expiresAt = until ? new Date(until) : null;
    const entry = { type: BLACKLIST_TYPE_OF[type], value, reason, expiresAt };
    return success(encodeBlacklisted(await this.blacklist.add(all(caller), entry, caller)), 201);
  }

  @Get('blacklist')
  @Access('seller', 'blacklist')
  @TkiAnswers({
    summary: 'List the blacklist of all products',
    data: TkiBlacklistView,
    list: 'page',
    example: example.blacklisted,
  })
  async listBlacklist(@Query() query: TkiListBlacklistQuery, @Caller() caller: SellerCaller) {
    const { type, ...request } = query;
    const listed = type && BLACKLIST_TYPE_OF[type];
    return successPage(await this.blacklist.list(all(caller), listed, request), encodeBlacklisted);
  }

  @Delete('blacklist/:blockId')
  @Access('seller', 'blacklist')
  @TkiAnswers({
    summary: 'Remove a blacklist entry',
    data: TkiBlacklistView,
    example: example.blacklisted,
  })
  @ApiErrors(BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND)
  async removeFromBlacklist(@BlockIdParam() blockId: string, @Caller() caller: SellerCaller) {
    const removed = await this.blacklist.remove(all(caller), blockId, caller);
    return success(encodeBlacklisted(removed));
  }

  @Get('settings')
  @Access('seller', 'apps')
  @TkiAnswers({
    summary: 'Read API key and settings',
    description: 'The key is made when the settings are first read.',
    data: TkiSettingsView,
    example: example.settings,
  })
  async settings(@Caller() caller: SellerCaller) {
    return success(encodeSettings(await this.gateways.get(caller)));
  }

  @Patch('settings')
  @Access('seller', 'apps')
  @TkiAnswers({
    summary: 'Change settings; what is absent stays as it is',
    data: TkiSettingsView,
    example: example.settings,
  })
  @ApiErrors(
    GatewayErrors.KEY_SHAPE_WEAK,
    GatewayErrors.KEY_SHAPE_LONG,
    GatewayErrors.CHANNEL_REFUSED,
  )
  async changeSettings(@Body() body: TkiSettingsDto, @Caller() caller: SellerCaller) {
    return success(encodeSettings(await this.gateways.change(caller, settingsOf(body))));
  }

  @Post('settings/regenerate-key')
  @Access('seller', 'apps')
  @Idempotent()
  @TkiAnswers({
    summary: 'Replace the API key; the old one is refused at once',
    data: TkiKeyView,
    example: example.key,
  })
  async regenerateKey(@Caller() caller: SellerCaller) {
    return success({ APIKey: await this.gateways.regenerateKey(caller) });
  }

  @Get('logs')
  @Access('seller', 'logs')
  @TkiAnswers({
    summary: 'List attempts, the newest first',
    data: TkiAttemptView,
    list: 'page',
    example: example.attempt,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async logs(@Query() query: TkiLogsQuery, @Caller() caller: SellerCaller) {
    const appId = query.productId && (await this.requireApp(caller, query.productId));
    const { page, limit, cursor, ...asked } = query;
    const filter = attemptFilterOf(asked, appId);
    const found = this.attempts.list(caller.seller.sellerId, filter, { page, limit, cursor });
    return successPage(await found, encodeAttempt);
  }

  /** An id of another form is the id of nothing. @throws APP_NOT_FOUND */
  private async requireApp(caller: SellerCaller, text: string): Promise<string> {
    const id = parseUuid(text);
    if (id === null) throw AppErrors.APP_NOT_FOUND();
    return (await this.apps.requireOwned(caller, id)).id;
  }
}

/** Entries of the seller hold for all of their applications. */
function all({ seller }: SellerCaller) {
  return { id: null, sellerId: seller.sellerId };
}
