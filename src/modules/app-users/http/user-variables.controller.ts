import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  IdPipe,
  ok,
  okPage,
  TextField,
  WholeListQuery,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { CLIENT_VALUE_MAX, ClientVariables, Variable, VariableErrors } from '../../variables';
import { AppUsersService } from '../app-users.service';
import { UserErrors } from '../domain/app-users.errors';
import { VariableNamePipe } from './variable-name.pipe';

const UserIdParam = () => Param('userId', new IdPipe('usr', UserErrors.USER_NOT_FOUND));
const NameParam = () => Param('name', new VariableNamePipe());

class SetUserVariableDto {
  @TextField({ min: 0, max: CLIENT_VALUE_MAX, multiline: true, example: 'dark_mode=true' })
  value: string;
}

class UserVariableView {
  @ApiProperty({ example: 'settings' })
  key: string;

  @ApiProperty({ example: 'dark_mode=true' })
  value: string;
}

const sample = { key: 'settings', value: 'dark_mode=true' };

function present({ key, value }: Variable): UserVariableView {
  return { key, value };
}

/** Variables of one user: what `setvar` sets and `getvar` reads [D-A19]. */
@ApiTags('Users')
@Access('seller', 'users')
@OfOwnApp()
@ApiErrors(UserErrors.USER_NOT_FOUND)
@Controller('v1/admin/apps/:appId/users/:userId/variables')
export class UserVariablesController {
  constructor(
    private readonly users: AppUsersService,
    private readonly variables: ClientVariables,
  ) {}

  @Get()
  @Answers({
    summary: 'List the variables of a user',
    data: UserVariableView,
    list: 'page',
    example: {
      success: true,
      data: [sample],
      pagination: { page: 1, limit: 1_000, total: 1, nextCursor: null },
    },
  })
  async list(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @Query() query: WholeListQuery,
  ) {
    const { id } = await this.users.get(app, userId);
    return okPage(await this.variables.list({ kind: 'user', id }, query), present);
  }

  @Put(':name')
  @Answers({
    summary: 'Set a variable of a user',
    description:
      'Also under names that an application variable reserves: the user then reads the value and cannot change it.',
    data: UserVariableView,
    example: { success: true, data: sample },
  })
  @ApiErrors(VariableErrors.VARIABLE_LIMIT)
  async set(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @NameParam() key: string,
    @Body() body: SetUserVariableDto,
    @Caller() caller: SellerCaller,
  ) {
    const { id } = await this.users.get(app, userId);
    const variable = { key, value: body.value };
    return ok(present(await this.variables.setFor(app, { kind: 'user', id }, variable, caller)));
  }

  @Delete(':name')
  @Answers({
    summary: 'Delete a variable of a user',
    message: 'Variable deleted',
    example: { success: true, message: 'Variable deleted' },
  })
  @ApiErrors(VariableErrors.VARIABLE_NOT_FOUND)
  async remove(
    @OwnApp() app: OwnedApp,
    @UserIdParam() userId: string,
    @NameParam() key: string,
    @Caller() caller: SellerCaller,
  ) {
    const { id } = await this.users.get(app, userId);
    await this.variables.remove(app, { kind: 'user', id }, key, caller);
    return ok(undefined, 'Variable deleted');
  }
}
