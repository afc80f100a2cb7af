import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SignedInSellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Idempotent,
  IdPipe,
  ok,
  okPage,
  PageQuery,
  SignedInCaller,
} from '../../../platform/http';
import { ApiTokens } from '../api-tokens/api-tokens.service';
import { SellerErrors } from '../domain/sellers.errors';
import * as example from './auth.examples';
import { CreateApiTokenDto } from './dto/auth.dto';
import { ApiTokenView, CreatedApiTokenView } from './dto/auth.views';
import { presentApiToken, presentCreatedApiToken } from './sellers.presenter';

/** API tokens (`lk_…`): credentials for a seller's programs (D-A19). */
@ApiTags('Seller account')
@Access('seller')
@Controller('v1/auth/tokens')
export class ApiTokensController {
  constructor(private readonly tokens: ApiTokens) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Make an API token; it is shown this once',
    description:
      'Send it as `Authorization: Bearer lk_…`. It does what its scopes name, and never changes the account itself.',
    status: 201,
    data: CreatedApiTokenView,
    example: example.createdApiTokenExample,
  })
  async create(@Body() body: CreateApiTokenDto, @SignedInCaller() caller: SignedInSellerCaller) {
    const { name, scopes } = body;
    const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null;
    return ok(
      presentCreatedApiToken(await this.tokens.create({ name, scopes, expiresAt }, caller)),
    );
  }

  @Get()
  @Answers({
    summary: 'List your API tokens',
    data: ApiTokenView,
    list: 'page',
    example: example.apiTokenListExample,
  })
  async list(@Query() query: PageQuery, @SignedInCaller() caller: SignedInSellerCaller) {
    return okPage(await this.tokens.list(caller, query), presentApiToken);
  }

  @Delete(':tokenId')
  @Answers({
    summary: 'Revoke an API token',
    description: 'The next request that shows it is refused, on every process.',
    message: 'API token revoked',
    example: { success: true, message: 'API token revoked' },
  })
  @ApiErrors(SellerErrors.API_TOKEN_NOT_FOUND)
  async revoke(
    @Param('tokenId', new IdPipe('tok', SellerErrors.API_TOKEN_NOT_FOUND)) tokenId: string,
    @SignedInCaller() caller: SignedInSellerCaller,
  ) {
    await this.tokens.revoke(tokenId, caller);
    return ok(undefined, 'API token revoked');
  }
}
