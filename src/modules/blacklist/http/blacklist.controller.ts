import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Idempotent,
  Caller,
  IdPipe,
  ok,
  okPage,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { BlacklistService } from '../blacklist.service';
import { BlacklistErrors } from '../domain/blacklist.errors';
import * as example from './blacklist.examples';
import { presentEntry } from './blacklist.presenter';
import {
  AddBlacklistEntryDto,
  ChangeBlacklistEntryDto,
  ListBlacklistQuery,
} from './dto/blacklist.dto';
import { BlacklistEntryView } from './dto/blacklist.views';

const EntryIdParam = () =>
  Param('entryId', new IdPipe('bl', BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND));

/** Addresses, devices, names and keys an application refuses [seed 000, «Blacklist»]. */
@ApiTags('Blacklist')
@Access('seller', 'blacklist')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/blacklist')
export class BlacklistController {
  constructor(private readonly blacklist: BlacklistService) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Blacklist an address or network, a device, a user name or a licence key',
    description:
      'Holds from the next request on, for live sessions as well. An expired entry for the same value is replaced.',
    status: 201,
    data: BlacklistEntryView,
    example: example.entryExample,
  })
  @ApiErrors(BlacklistErrors.BLACKLIST_ENTRY_EXISTS)
  async add(
    @OwnApp() app: OwnedApp,
    @Body() body: AddBlacklistEntryDto,
    @Caller() caller: SellerCaller,
  ) {
    const { type, value, reason = null } = body;
    const expiresAt = instant(body.expiresAt) ?? null;
    const entry = await this.blacklist.add(app, { type, value, reason, expiresAt }, caller);
    return ok(presentEntry(entry));
  }

  @Get()
  @Answers({
    summary: 'List the blacklist of an application',
    description: 'Entries that expired within the last 30 days are listed too; they hold no more.',
    data: BlacklistEntryView,
    list: 'page',
    example: example.entryListExample,
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: ListBlacklistQuery) {
    const { type, ...request } = query;
    return okPage(await this.blacklist.list(app, type, request), presentEntry);
  }

  @Patch(':entryId')
  @Answers({
    summary: 'Change reason or expiry of a blacklist entry',
    data: BlacklistEntryView,
    example: example.changedExample,
  })
  @ApiErrors(BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND)
  async change(
    @OwnApp() app: OwnedApp,
    @EntryIdParam() entryId: string,
    @Body() body: ChangeBlacklistEntryDto,
    @Caller() caller: SellerCaller,
  ) {
    const changes = { reason: body.reason, expiresAt: instant(body.expiresAt) };
    return ok(presentEntry(await this.blacklist.change(app, entryId, changes, caller)));
  }

  @Delete(':entryId')
  @Answers({
    summary: 'Remove a blacklist entry',
    message: 'Blacklist entry removed',
    example: example.removedExample,
  })
  @ApiErrors(BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND)
  async remove(
    @OwnApp() app: OwnedApp,
    @EntryIdParam() entryId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.blacklist.remove(app, entryId, caller);
    return ok(undefined, 'Blacklist entry removed');
  }
}

function instant(text: string | null | undefined): Date | null | undefined {
  return text ? new Date(text) : (text as null | undefined);
}
