import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SignedInSellerCaller } from '../../../kernel';
import { Access, Answers, ApiErrors, Idempotent, ok, SignedInCaller } from '../../../platform/http';
import { ThrottleSignIn } from '../../../platform/rate-limit';
import { SellerErrors } from '../domain/sellers.errors';
import { SecondFactorService } from '../second-factor/second-factor.service';
import * as example from './auth.examples';
import { TotpCodeDto, TotpOrRecoveryCodeDto } from './dto/auth.dto';
import { RecoveryCodesView, TotpSetupView } from './dto/auth.views';

/**
 * The second factor of a seller's sign-in (D-A19). Where a code is tried there is no
 * Idempotency-Key: its transaction would take the count of a failed try back.
 */
@ApiTags('Seller account')
@Access('seller')
@Controller('v1/auth/totp')
export class TotpController {
  constructor(private readonly factor: SecondFactorService) {}

  @Post('setup')
  @Idempotent()
  @Answers({
    summary: 'Begin two-factor sign-in: get a secret for the authenticator app',
    description: 'Nothing changes until a code confirms it.',
    data: TotpSetupView,
    example: example.totpSetupExample,
  })
  @ApiErrors(SellerErrors.TOTP_ALREADY_ON)
  async setup(@SignedInCaller() caller: SignedInSellerCaller) {
    return ok(await this.factor.setUp(caller));
  }

  @Post('confirm')
  @ThrottleSignIn()
  @Answers({
    summary: 'Switch two-factor sign-in on; get the recovery codes',
    data: RecoveryCodesView,
    message: 'Two-factor sign-in is on',
    example: example.recoveryCodesExample,
  })
  @ApiErrors(
    SellerErrors.WRONG_TOTP_CODE,
    SellerErrors.TOTP_NOT_ON,
    SellerErrors.TOTP_ALREADY_ON,
    SellerErrors.SIGN_IN_LOCKED,
  )
  async confirm(@Body() body: TotpCodeDto, @SignedInCaller() caller: SignedInSellerCaller) {
    const recoveryCodes = await this.factor.confirm(body.code, caller);
    return ok({ recoveryCodes }, 'Two-factor sign-in is on');
  }

  @Post('disable')
  @ThrottleSignIn()
  @Answers({
    summary: 'Switch two-factor sign-in off',
    message: 'Two-factor sign-in is off',
    example: { success: true, message: 'Two-factor sign-in is off' },
  })
  @ApiErrors(SellerErrors.WRONG_TOTP_CODE, SellerErrors.TOTP_NOT_ON, SellerErrors.SIGN_IN_LOCKED)
  async disable(
    @Body() body: TotpOrRecoveryCodeDto,
    @SignedInCaller() caller: SignedInSellerCaller,
  ) {
    await this.factor.disable(body.code, caller);
    return ok(undefined, 'Two-factor sign-in is off');
  }
}
