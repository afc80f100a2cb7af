import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SignedInSellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  IdPipe,
  ok,
  okPage,
  PageQuery,
  SignedInCaller,
} from '../../../platform/http';
import { SellerErrors } from '../domain/sellers.errors';
import { SellerSessions } from '../seller-sessions.service';
import * as example from './auth.examples';
import { SignInView } from './dto/auth.views';
import { presentSignIn } from './sellers.presenter';

/** Where a seller is signed in (D-A19). */
@ApiTags('Seller account')
@Access('seller')
@Controller('v1/auth/sessions')
export class SignInsController {
  constructor(private readonly sessions: SellerSessions) {}

  @Get()
  @Answers({
    summary: 'List your live sign-ins',
    data: SignInView,
    list: 'page',
    example: example.signInListExample,
  })
  async list(@Query() query: PageQuery, @SignedInCaller() caller: SignedInSellerCaller) {
    const page = await this.sessions.list(caller, query);
    return okPage(page, (signIn) => presentSignIn(signIn, caller.seller.sessionId));
  }

  @Delete(':signInId')
  @Answers({
    summary: 'End one of your sign-ins, this one or another',
    message: 'Sign-in ended',
    example: { success: true, message: 'Sign-in ended' },
  })
  @ApiErrors(SellerErrors.SIGN_IN_NOT_FOUND)
  async end(
    @Param('signInId', new IdPipe('ssn', SellerErrors.SIGN_IN_NOT_FOUND)) signInId: string,
    @SignedInCaller() caller: SignedInSellerCaller,
  ) {
    await this.sessions.endOne(signInId, caller);
    return ok(undefined, 'Sign-in ended');
  }
}
