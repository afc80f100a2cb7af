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
  Prepared,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { PlanErrors } from '../../plans';
import { LicenseErrors } from '../../licenses';
import { AppUsersService } from '../app-users.service';
import { UserErrors } from '../domain/app-users.errors';
import { expiryOf } from '../domain/entitlement';
import { NewUserInput } from './new-user.input';
import * as example from './app-users.examples';
import { presentUser } from './app-users.presenter';
import {
  BanUserDto,
  ChangeUserDto,
  CreateUserDto,
  ExtendUserDto,
  ListUsersQuery,
} from './dto/app-users.dto';
import { AppUserView, ExpiryView } from './dto/app-users.views';

const UserIdParam = () => Param('userId', new IdPipe('usr', UserErrors.USER_NOT_FOUND));

/** Users of an application [seed 000, «Users»]. */
@ApiTags('Users')
@Access('seller', 'users')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/users')
export class AppUsersController {
  constructor(
    private readonly users: AppUsersService,
    private readonly input: NewUserInput,
  ) {}

  @Get()
  @Answers({
    summary: 'List users by status and part of the name',
    data: AppUserView,
    list: 'page',
    example: example.userListExample,
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: ListUsersQuery) {
    const { page, limit, cursor, ...filter } = query;
    return okPage(await this.users.list(app, filter, { page, limit, cursor }), presentUser);
  }

  @Post()
  @Idempotent({ prepares: true })
  @Answers({
    summary: 'Create a user without a key',
    description: 'A licence is issued behind the user; it appears among the licences, in use.',
    status: 201,
    data: AppUserView,
    message: 'User created',
    example: { ...example.userExample, message: 'User created' },
  })
  @ApiErrors(UserErrors.USERNAME_TAKEN, PlanErrors.PLAN_LIMIT_REACHED)
  async create(
    @OwnApp() app: OwnedApp,
    @Body() body: CreateUserDto,
    @Caller() caller: SellerCaller,
  ) {
    const input = this.input.decode(body);
    const passwordHash = await this.users.hashOf(body.password);
    return new Prepared(async () =>
      ok(
        presentUser(await this.users.create(app, { ...input, passwordHash }, caller)),
        'User created',
      ),
    );
  }

  @Get(':userId')
  @Answers({ summary: 'Read a user', data: AppUserView, example: example.userExample })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async get(@OwnApp() app: OwnedApp, @UserIdParam() userId: string) {
    return ok(presentUser(await this.users.get(app, userId)));
  }

  @Patch(':userId')
  @Answers({
    summary: 'Change level, expiry, note or password of a user',
    data: AppUserView,
    example: example.userExample,
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async change(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Body() body: ChangeUserDto,
    @Caller() caller: SellerCaller,
  ) {
    const expiresAt = body.expiresAt && new Date(body.expiresAt);
    const changes = { ...body, expiresAt: expiresAt as Date | null | undefined };
    return ok(presentUser(await this.users.change(app, userId, changes, caller)));
  }

  @Post(':userId/ban')
  @Idempotent()
  @Answers({
    summary: 'Ban a user and end all their sessions',
    message: 'User banned',
    example: { success: true, message: 'User banned' },
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async ban(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Body() body: BanUserDto,
    @Caller() caller: SellerCaller,
  ) {
    await this.users.apply(app, userId, 'ban', caller, body.reason ?? null);
    return ok(undefined, 'User banned');
  }

  @Post(':userId/unban')
  @Idempotent()
  @Answers({
    summary: 'Lift a ban',
    message: 'User unbanned',
    example: { success: true, message: 'User unbanned' },
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND, UserErrors.USER_WRONG_STATUS)
  async unban(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.users.apply(app, userId, 'unban', caller);
    return ok(undefined, 'User unbanned');
  }

  @Post(':userId/freeze')
  @Idempotent()
  @Answers({
    summary: 'Freeze a user: no sign-in until unfrozen, sessions end',
    message: 'User frozen',
    example: { success: true, message: 'User frozen' },
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND, UserErrors.USER_WRONG_STATUS)
  async freeze(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.users.apply(app, userId, 'freeze', caller);
    return ok(undefined, 'User frozen');
  }

  @Post(':userId/unfreeze')
  @Idempotent()
  @Answers({
    summary: 'Lift a freeze',
    message: 'User unfrozen',
    example: { success: true, message: 'User unfrozen' },
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND, UserErrors.USER_WRONG_STATUS)
  async unfreeze(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.users.apply(app, userId, 'unfreeze', caller);
    return ok(undefined, 'User unfrozen');
  }

  @Post(':userId/reset-hwid')
  @Idempotent()
  @Answers({
    summary: 'Release the devices of a user, so that another can sign in',
    message: 'HWID reset',
    example: { success: true, message: 'HWID reset' },
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async resetHwid(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.users.resetHwid(app, userId, caller);
    return ok(undefined, 'HWID reset');
  }

  @Post(':userId/extend')
  @Idempotent()
  @Answers({
    summary: 'Add days to the subscription of a user',
    description: 'Counted from the current expiry, or from now when it has passed.',
    data: ExpiryView,
    message: 'Subscription extended by 30 days',
    example: example.userExtendedExample,
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND, LicenseErrors.LICENSE_WRONG_STATUS)
  async extend(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Body() body: ExtendUserDto,
    @Caller() caller: SellerCaller,
  ) {
    const user = await this.users.extend(app, userId, body.days, caller);
    return ok({ expiresAt: expiryOf(user) }, `Subscription extended by ${body.days} days`);
  }

  @Delete(':userId')
  @Answers({
    summary: 'Delete a user for good',
    description: 'The licence stays on record as used.',
    message: 'User deleted',
    example: { success: true, message: 'User deleted' },
  })
  @ApiErrors(UserErrors.USER_NOT_FOUND)
  async delete(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.users.delete(app, userId, caller);
    return ok(undefined, 'User deleted');
  }
}
