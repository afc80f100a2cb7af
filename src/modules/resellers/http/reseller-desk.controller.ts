import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ResellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  CallingReseller,
  Idempotent,
  IdPipe,
  ok,
  okPage,
} from '../../../platform/http';
import { LicenseErrors } from '../../licenses';
import { PlanErrors } from '../../plans';
import { ResellerErrors, sold } from '../domain/resellers.errors';
import { ResellerAccount } from '../reseller-account';
import { ResellerSales } from '../reseller-sales';
import { ResellerTokens } from '../reseller-tokens';
import { GenerateKeysDto, ListKeysQuery } from './dto/resellers.dto';
import { BalanceView, MadeKeyView, ResellerStatsView, SoldKeyView } from './dto/resellers.views';
import * as example from './resellers.examples';
import { presentSale, presentSold } from './resellers.presenter';

const BALANCE = {
  type: 'integer',
  minimum: 0,
  description: 'Credits left after the charge',
  example: 45,
};

/** What a reseller does [seed 000, «Reseller API»]. */
@ApiTags('Reseller desk')
@Access('reseller')
@Controller('v1/reseller')
export class ResellerDeskController {
  constructor(
    private readonly tokens: ResellerTokens,
    private readonly sales: ResellerSales,
    private readonly account: ResellerAccount,
  ) {}

  @Post('logout')
  @Idempotent()
  @Answers({
    summary: 'End every token of this reseller',
    description: 'A repeat comes with a token that is worthless by then and answers 401.',
    message: 'Logged out',
    example: { success: true, message: 'Logged out' },
  })
  @ApiErrors(ResellerErrors.RESELLER_APP_PAUSED)
  async logout(@CallingReseller() caller: ResellerCaller) {
    await this.tokens.logout(caller);
    return ok(undefined, 'Logged out');
  }

  @Post('licenses')
  @Idempotent()
  @Answers({
    summary: 'Generate 1 to 50 licence keys, paid from the balance',
    description:
      'Send an `Idempotency-Key`. Without one, a request that is repeated because its answer was lost makes, and charges, the keys a second time; unused ones can be deleted for a refund.',
    status: 201,
    data: MadeKeyView,
    list: 'all',
    beside: { balance: BALANCE },
    example: example.generatedExample,
  })
  @ApiErrors(
    PlanErrors.PLAN_LIMIT_REACHED,
    ResellerErrors.INSUFFICIENT_BALANCE,
    ResellerErrors.RESELLER_APP_PAUSED,
    ResellerErrors.RESELLER_NOT_ALLOWED,
  )
  async generate(@Body() body: GenerateKeysDto, @CallingReseller() caller: ResellerCaller) {
    const { durationType, count = 1, level = 1, maxDevices = 1, prefix = null, note = null } = body;
    const order = { durationType, count, level, maxDevices, prefix, note };
    return presentSale(sold(await this.sales.generate(caller, order)));
  }

  @Get('licenses')
  @Answers({
    summary: 'List the keys this reseller made, by status and part of the key',
    data: SoldKeyView,
    list: 'page',
    example: example.keysExample,
  })
  @ApiErrors(ResellerErrors.RESELLER_APP_PAUSED)
  async licenses(@Query() query: ListKeysQuery, @CallingReseller() caller: ResellerCaller) {
    const { status, search, ...page } = query;
    return okPage(await this.account.keys(caller, { status, search }, page), presentSold);
  }

  @Delete('licenses/:licenseId')
  @Answers({
    summary: 'Delete an unused key and get back what was paid for it',
    description: 'Once a key was used, or while the seller holds it (banned), it stays.',
    data: BalanceView,
    message: 'License deleted and refunded',
    example: example.refundExample,
  })
  @ApiErrors(
    LicenseErrors.LICENSE_NOT_FOUND,
    LicenseErrors.LICENSE_WRONG_STATUS,
    ResellerErrors.RESELLER_APP_PAUSED,
    ResellerErrors.RESELLER_BALANCE_LIMIT,
  )
  async refund(
    @Param('licenseId', new IdPipe('lic', LicenseErrors.LICENSE_NOT_FOUND)) licenseId: string,
    @CallingReseller() caller: ResellerCaller,
  ) {
    const balance = await this.sales.refund(caller, licenseId);
    return ok({ balance }, 'License deleted and refunded');
  }

  @Get('balance')
  @Answers({
    summary: 'Read the balance',
    data: BalanceView,
    example: example.balanceExample,
  })
  @ApiErrors(ResellerErrors.RESELLER_APP_PAUSED)
  async balance(@CallingReseller() caller: ResellerCaller) {
    return ok({ balance: await this.account.balance(caller) });
  }

  @Get('stats')
  @Answers({
    summary: 'Read the balance and how many keys were made and used',
    data: ResellerStatsView,
    example: example.statsExample,
  })
  @ApiErrors(ResellerErrors.RESELLER_APP_PAUSED)
  async stats(@CallingReseller() caller: ResellerCaller) {
    return ok(await this.account.stats(caller));
  }
}
