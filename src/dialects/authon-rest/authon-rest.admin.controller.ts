import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { durationSeconds, parseUuid, SellerCaller } from '../../kernel';
import { AppUsersService, UserErrors, UserOwners } from '../../modules/app-users';
import { AppErrors, AppsService } from '../../modules/apps';
import { BlacklistErrors, BlacklistService } from '../../modules/blacklist';
import { LicensesService } from '../../modules/licenses';
import { PlanErrors } from '../../modules/plans';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  Idempotent,
  IdPipe,
  ok,
  okPage,
} from '../../platform/http';
import {
  BlacklistByAppDto,
  GenerateKeysByAppDto,
  ListUsersByAppQuery,
  PatchUserDto,
} from './authon-rest.dto';
import * as encode from './authon-rest.encode';
import * as example from './authon-rest.examples';
import { BlacklistedView, KeyView, ListedUserView } from './authon-rest.views';

const UserIdParam = () => Param('userId', new IdPipe('usr', UserErrors.USER_NOT_FOUND));

/** The admin paths that only this document has [seed 001, «Admin API»]; bodies as D-B5 says. */
@ApiTags('Admin (REST)')
@Controller('v1/admin')
export class AuthonRestAdminController {
  constructor(
    private readonly apps: AppsService,
    private readonly licenses: LicensesService,
    private readonly users: AppUsersService,
    private readonly owners: UserOwners,
    private readonly blacklist: BlacklistService,
  ) {}

  @Post('licenses/generate')
  @Access('seller', 'licenses')
  @Idempotent()
  @Answers({
    summary: 'Generate 1 to 100 licence keys',
    status: 201,
    data: KeyView,
    list: 'all',
    example: example.keys,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND, PlanErrors.PLAN_LIMIT_REACHED)
  async generate(@Body() body: GenerateKeysByAppDto, @Caller() caller: SellerCaller) {
    const app = await this.requireApp(caller, body.appId);
    const made = await this.licenses.generate(app, termsOf(body), body.count ?? 1, caller);
    return ok(made.map(encode.encodeKey));
  }

  @Get('users')
  @Access('seller', 'users')
  @Answers({
    summary: 'List users of an application by status and part of the name',
    data: ListedUserView,
    list: 'page',
    example: example.userList,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND)
  async listUsers(@Query() query: ListUsersByAppQuery, @Caller() caller: SellerCaller) {
    const { appId, page, limit, cursor, ...filter } = query;
    const app = await this.requireApp(caller, appId);
    return okPage(await this.users.list(app, filter, { page, limit, cursor }), encode.encodeUser);
  }

  @Get('users/:userId')
  @Access('seller', 'users')
  @Answers({ summary: 'Read a user', data: ListedUserView, example: example.user })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async getUser(@UserIdParam() userId: string, @Caller() caller: SellerCaller) {
    const app = await this.owners.requireAppOf(caller, userId);
    return ok(encode.encodeUser(await this.users.get(app, userId)));
  }

  @Patch('users/:userId')
  @Access('seller', 'users')
  @Answers({
    summary: 'Change level, expiry, status or note of a user',
    data: ListedUserView,
    example: example.user,
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async changeUser(
    @UserIdParam() userId: string,
    @Body() { expiresAt, ...body }: PatchUserDto,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.owners.requireAppOf(caller, userId);
    const until = typeof expiresAt === 'string' ? new Date(expiresAt) : expiresAt;
    const changes = { ...body, expiresAt: until };
    return ok(encode.encodeUser(await this.users.change(app, userId, changes, caller)));
  }

  @Delete('users/:userId')
  @Access('seller', 'users')
  @Answers({
    summary: 'Delete a user for good',
    message: 'User deleted',
    example: { success: true, message: 'User deleted' },
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async deleteUser(@UserIdParam() userId: string, @Caller() caller: SellerCaller) {
    const app = await this.owners.requireAppOf(caller, userId);
    await this.users.delete(app, userId, caller);
    return ok(undefined, 'User deleted');
  }

  @Post('blacklist')
  @Access('seller', 'blacklist')
  @Idempotent()
  @Answers({
    summary: 'Blacklist an address, device, user name or key',
    status: 201,
    data: BlacklistedView,
    example: example.blacklisted,
  })
  @ApiErrors(AppErrors.APP_NOT_FOUND, BlacklistErrors.BLACKLIST_ENTRY_EXISTS)
  async addToBlacklist(@Body() body: BlacklistByAppDto, @Caller() caller: SellerCaller) {
    const { appId, type, value, reason = null } = body;
    const app = await this.requireApp(caller, appId);
    const input = { type, value, reason, expiresAt: null };
    const entry = await this.blacklist.add(app, input, caller);
    return ok(encode.encodeBlacklisted(entry));
  }

  /** An id of another form is the id of nothing. @throws APP_NOT_FOUND */
  private requireApp(caller: SellerCaller, appId: string) {
    const id = parseUuid(appId);
    if (id === null) throw AppErrors.APP_NOT_FOUND();
    return this.apps.requireOwned(caller, id);
  }
}

function termsOf(body: GenerateKeysByAppDto) {
  const { level = 1, maxDevices = 1, prefix = null, note = null, subscription = null } = body;
  const seconds = durationSeconds(body.durationType);
  return { durationSeconds: seconds, level, maxDevices, prefix, note, subscription };
}
