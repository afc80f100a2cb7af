import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Origin } from '../../../kernel';
import { Access, Answers, ApiErrors, ok, RequestOrigin } from '../../../platform/http';
import { ThrottleSignIn } from '../../../platform/rate-limit';
import { SellerErrors } from '../../sellers';
import { ResellerErrors } from '../domain/resellers.errors';
import { ResellerLogin } from '../reseller-login';
import { ResellerLoginDto } from './dto/resellers.dto';
import { SignedInResellerView } from './dto/resellers.views';
import * as example from './resellers.examples';

/** How a reseller comes in [seed 000, «Reseller API»]. */
@ApiTags('Reseller desk')
@Access('public')
@Controller('v1/reseller')
export class ResellerLoginController {
  constructor(private readonly signIn: ResellerLogin) {}

  @Post('login')
  @ThrottleSignIn()
  @Answers({
    summary: 'Sign a reseller in',
    description: 'The token is good for 24 hours, unless the seller or the reseller ends it.',
    data: SignedInResellerView,
    example: example.loginExample,
  })
  @ApiErrors(
    ResellerErrors.INVALID_KEY,
    ResellerErrors.RESELLER_APP_PAUSED,
    ResellerErrors.RESELLER_SUSPENDED,
    SellerErrors.INVALID_CREDENTIALS,
    SellerErrors.SIGN_IN_LOCKED,
  )
  async login(@Body() body: ResellerLoginDto, @RequestOrigin() origin: Origin) {
    return ok(await this.signIn.login(body, origin));
  }
}
