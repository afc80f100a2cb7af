import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { publicId, SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Idempotent,
  Caller,
  EnumField,
  IdPipe,
  ok,
  okPage,
  WholeListQuery,
  TextField,
} from '../../../platform/http';
import { AppErrors, AppIdParam, AppsService } from '../../apps';
import { BlacklistEntry, BlacklistService } from '../blacklist.service';
import { BLACKLIST_TYPES, BlacklistType } from '../domain/blacklist';
import { BlacklistErrors } from '../domain/blacklist.errors';

class AddBlacklistEntryDto {
  @EnumField(BLACKLIST_TYPES, { example: 'HWID' })
  type: BlacklistType;

  @TextField({ max: 256, example: 'HWID-A1B2C3D4' })
  value: string;

  @TextField({ max: 500, optional: true, nullable: true, example: 'License sharing detected' })
  reason?: string | null;
}

class BlacklistEntryView {
  @ApiProperty({ example: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ enum: BLACKLIST_TYPES, example: 'HWID' })
  type: string;

  @ApiProperty({ example: 'HWID-A1B2C3D4' })
  value: string;

  @ApiProperty({ type: String, nullable: true, example: 'License sharing detected' })
  reason: string | null;
}

const sample = {
  id: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  type: 'HWID',
  value: 'HWID-A1B2C3D4',
  reason: 'License sharing detected',
};

function present({ id, type, value, reason }: BlacklistEntry): BlacklistEntryView {
  return { id: publicId('bl', id), type, value, reason };
}

/** Addresses, devices and names an application refuses [seed 000, «Blacklist»]. */
@ApiTags('Blacklist')
@Access('seller', 'blacklist')
@ApiErrors(AppErrors.APP_NOT_FOUND)
@Controller('v1/admin/apps/:appId/blacklist')
export class BlacklistController {
  constructor(
    private readonly apps: AppsService,
    private readonly blacklist: BlacklistService,
  ) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Blacklist an IP address, device or user name',
    status: 201,
    data: BlacklistEntryView,
    example: { success: true, data: sample },
  })
  @ApiErrors(BlacklistErrors.BLACKLIST_ENTRY_EXISTS)
  async add(
    @AppIdParam() appId: string,
    @Body() body: AddBlacklistEntryDto,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
    const { type, value, reason = null } = body;
    return ok(present(await this.blacklist.add(app, { type, value, reason }, caller)));
  }

  @Get()
  @Answers({
    summary: 'List the blacklist of an application',
    data: BlacklistEntryView,
    list: 'page',
    example: {
      success: true,
      data: [sample],
      pagination: { page: 1, limit: 20, total: 1 },
    },
  })
  async list(
    @AppIdParam() appId: string,
    @Query() query: WholeListQuery,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
    return okPage(await this.blacklist.list(app, query), present);
  }

  @Delete(':entryId')
  @Answers({
    summary: 'Remove a blacklist entry',
    message: 'Blacklist entry removed',
    example: { success: true, message: 'Blacklist entry removed' },
  })
  @ApiErrors(BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND)
  async remove(
    @AppIdParam() appId: string,
    @Param('entryId', new IdPipe('bl', BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND)) entryId: string,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
    await this.blacklist.remove(app, entryId, caller);
    return ok(undefined, 'Blacklist entry removed');
  }
}
