import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ResellerCaller } from '../../kernel';
import { PlanErrors } from '../../modules/plans';
import { ResellerAccount, ResellerErrors, ResellerSales, sold } from '../../modules/resellers';
import {
  Access,
  Answers,
  ApiErrors,
  CallingReseller,
  Idempotent,
  okPage,
} from '../../platform/http';
import { GenerateOwnKeysDto, ListOwnKeysQuery } from './authon-rest.dto';
import * as encode from './authon-rest.encode';
import * as example from './authon-rest.examples';
import { OwnKeyView } from './authon-rest.views';

const BALANCE = {
  type: 'integer',
  minimum: 0,
  description: 'Credits left after the charge',
  example: 45,
};

/** The reseller paths that only this document has [seed 001]; bodies as D-B5 says. */
@ApiTags('Reseller (REST)')
@Access('reseller')
@ApiErrors(ResellerErrors.RESELLER_APP_PAUSED)
@Controller('v1/reseller/keys')
export class AuthonRestResellerController {
  constructor(
    private readonly sales: ResellerSales,
    private readonly account: ResellerAccount,
  ) {}

  @Post('generate')
  @Idempotent()
  @Answers({
    summary: 'Generate 1 to 50 licence keys, paid from the balance',
    description:
      'Send an `Idempotency-Key`. Without one, a repeat after a lost answer makes and charges the keys a second time.',
    status: 201,
    data: OwnKeyView,
    list: 'all',
    beside: { balance: BALANCE },
    example: example.ownKeysMade,
  })
  @ApiErrors(
    PlanErrors.PLAN_LIMIT_REACHED,
    ResellerErrors.INSUFFICIENT_BALANCE,
    ResellerErrors.RESELLER_NOT_ALLOWED,
  )
  async generate(@Body() body: GenerateOwnKeysDto, @CallingReseller() caller: ResellerCaller) {
    const { durationType, count = 1, level = 1, maxDevices = 1, prefix = null, note = null } = body;
    const order = { durationType, count, level, maxDevices, prefix, note };
    const { keys, balance } = sold(await this.sales.generate(caller, order));
    return { success: true, data: keys.map(encode.encodeOwnKey), balance };
  }

  @Get()
  @Answers({
    summary: 'List the keys this reseller made',
    data: OwnKeyView,
    list: 'page',
    example: example.ownKeys,
  })
  async keys(@Query() query: ListOwnKeysQuery, @CallingReseller() caller: ResellerCaller) {
    const { status, search, ...page } = query;
    return okPage(await this.account.keys(caller, { status, search }, page), encode.encodeOwnKey);
  }
}
