import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  Idempotent,
  ok,
  okPage,
  PageQuery,
  Prepared,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { ResellerErrors } from '../domain/resellers.errors';
import { NewReseller, ResellersService } from '../resellers.service';
import { ChangeResellerDto, CreateResellerDto, TopUpDto } from './dto/resellers.dto';
import { ResellerView } from './dto/resellers.views';
import { ResellerIdParam } from './reseller-id.param';
import * as example from './resellers.examples';
import { presentReseller } from './resellers.presenter';

/** A seller's resellers: people who make keys of an application from a balance (D-A19). */
@ApiTags('Resellers')
@Access('seller', 'resellers')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/resellers')
export class ResellersController {
  constructor(private readonly resellers: ResellersService) {}

  @Post()
  @Idempotent({ prepares: true })
  @Answers({
    summary: 'Create a reseller',
    status: 201,
    data: ResellerView,
    message: 'Reseller created',
    example: { ...example.resellerExample, message: 'Reseller created' },
  })
  @ApiErrors(ResellerErrors.RESELLER_NAME_TAKEN)
  async create(
    @OwnApp() app: OwnedApp,
    @Body() body: CreateResellerDto,
    @Caller() caller: SellerCaller,
  ) {
    const passwordHash = await this.resellers.hashOf(body.password);
    const input = { ...termsOf(body), passwordHash };
    return new Prepared(async () =>
      ok(presentReseller(await this.resellers.create(app, input, caller)), 'Reseller created'),
    );
  }

  @Get()
  @Answers({
    summary: 'List the resellers of an application',
    data: ResellerView,
    list: 'page',
    example: example.resellerListExample,
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: PageQuery) {
    return okPage(await this.resellers.list(app, query), presentReseller);
  }

  @Get(':resellerId')
  @Answers({ summary: 'Read a reseller', data: ResellerView, example: example.resellerExample })
  @ApiErrors(ResellerErrors.RESELLER_NOT_FOUND)
  async get(@OwnApp() app: OwnedApp, @ResellerIdParam() resellerId: string) {
    return ok(presentReseller(await this.resellers.get(app, resellerId)));
  }

  @Patch(':resellerId')
  @Answers({
    summary: 'Change a reseller',
    description:
      'A new password or a suspension makes every token of the reseller worthless at once. Prices are replaced as a whole and hold for the next keys; a refund gives back what was paid.',
    data: ResellerView,
    message: 'Reseller changed',
    example: { ...example.resellerExample, message: 'Reseller changed' },
  })
  @ApiErrors(ResellerErrors.RESELLER_NOT_FOUND)
  async change(
    @OwnApp() app: OwnedApp,
    @ResellerIdParam() resellerId: string,
    @Body() body: ChangeResellerDto,
    @Caller() caller: SellerCaller,
  ) {
    const reseller = await this.resellers.change(app, resellerId, body, caller);
    return ok(presentReseller(reseller), 'Reseller changed');
  }

  @Delete(':resellerId')
  @Answers({
    summary: 'Delete a reseller',
    description: 'Their keys stay and become your own; credits they had left are gone.',
    message: 'Reseller deleted',
    example: { success: true, message: 'Reseller deleted' },
  })
  @ApiErrors(ResellerErrors.RESELLER_NOT_FOUND)
  async delete(
    @OwnApp() app: OwnedApp,
    @ResellerIdParam() resellerId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.resellers.delete(app, resellerId, caller);
    return ok(undefined, 'Reseller deleted');
  }

  @Post(':resellerId/topup')
  @Idempotent()
  @Answers({
    summary: 'Add credits to the balance of a reseller',
    data: ResellerView,
    message: 'Balance topped up',
    example: { ...example.resellerExample, message: 'Balance topped up' },
  })
  @ApiErrors(ResellerErrors.RESELLER_NOT_FOUND, ResellerErrors.RESELLER_BALANCE_LIMIT)
  async topUp(
    @OwnApp() app: OwnedApp,
    @ResellerIdParam() resellerId: string,
    @Body() body: TopUpDto,
    @Caller() caller: SellerCaller,
  ) {
    const { amount, note = null } = body;
    const reseller = await this.resellers.topUp(app, resellerId, amount, note, caller);
    return ok(presentReseller(reseller), 'Balance topped up');
  }

  @Post(':resellerId/sign-out')
  @Idempotent()
  @Answers({
    summary: 'Make every token of a reseller worthless at once',
    data: ResellerView,
    message: 'Reseller signed out',
    example: { ...example.resellerExample, message: 'Reseller signed out' },
  })
  @ApiErrors(ResellerErrors.RESELLER_NOT_FOUND)
  async signOut(
    @OwnApp() app: OwnedApp,
    @ResellerIdParam() resellerId: string,
    @Caller() caller: SellerCaller,
  ) {
    const reseller = await this.resellers.signOut(app, resellerId, caller);
    return ok(presentReseller(reseller), 'Reseller signed out');
  }
}

/** The body of a creation as the command, but for the password. */
function termsOf(body: CreateResellerDto): Omit<NewReseller, 'passwordHash'> {
  const { username, balance = 0, prices = {} } = body;
  const { levels = null, durations = null, note = null } = body;
  return { username, balance, prices, levels, durations, note };
}
