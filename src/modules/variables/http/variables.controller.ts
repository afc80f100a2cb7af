import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { publicId, SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  Idempotent,
  IdPipe,
  ok,
  okPage,
  WholeListQuery,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { AppVariable, AppVariables } from '../app-variables.service';
import { VariableErrors } from '../domain/variables.errors';
import { AppVariableView, ChangeVariableDto, CreateVariableDto } from './dto/variables.dto';

const VariableIdParam = () =>
  Param('variableId', new IdPipe('var', VariableErrors.VARIABLE_NOT_FOUND));

const sample = {
  id: 'var_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  key: 'latest_version',
  value: '2.1.0',
  readOnly: true,
};

function present({ id, key, value, readOnly }: AppVariable): AppVariableView {
  return { id: publicId('var', id), key, value, readOnly };
}

/** Variables of an application, which every signed-in client may read [seed 000, «Variables»]. */
@ApiTags('Variables')
@Access('seller', 'variables')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/variables')
export class VariablesController {
  constructor(private readonly variables: AppVariables) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Create a variable that every signed-in client may read',
    status: 201,
    data: AppVariableView,
    example: { success: true, data: sample },
  })
  @ApiErrors(VariableErrors.VARIABLE_EXISTS, VariableErrors.VARIABLE_LIMIT)
  async create(
    @OwnApp() app: OwnedApp,
    @Body() body: CreateVariableDto,
    @Caller() caller: SellerCaller,
  ) {
    const { key, value, readOnly = false } = body;
    return ok(present(await this.variables.create(app, { key, value, readOnly }, caller)));
  }

  @Get()
  @Answers({
    summary: 'List the variables of an application',
    data: AppVariableView,
    list: 'page',
    example: {
      success: true,
      data: [sample],
      pagination: { page: 1, limit: 1_000, total: 1, nextCursor: null },
    },
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: WholeListQuery) {
    return okPage(await this.variables.list(app, query), present);
  }

  @Patch(':variableId')
  @Answers({
    summary: 'Change value or reservation of a variable',
    data: AppVariableView,
    example: { success: true, data: sample },
  })
  @ApiErrors(VariableErrors.VARIABLE_NOT_FOUND)
  async change(
    @OwnApp() app: OwnedApp,
    @VariableIdParam() variableId: string,
    @Body() body: ChangeVariableDto,
    @Caller() caller: SellerCaller,
  ) {
    return ok(present(await this.variables.change(app, variableId, body, caller)));
  }

  @Delete(':variableId')
  @Answers({
    summary: 'Delete a variable',
    message: 'Variable deleted',
    example: { success: true, message: 'Variable deleted' },
  })
  @ApiErrors(VariableErrors.VARIABLE_NOT_FOUND)
  async remove(
    @OwnApp() app: OwnedApp,
    @VariableIdParam() variableId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.variables.remove(app, variableId, caller);
    return ok(undefined, 'Variable deleted');
  }
}
