import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Origin } from '../../../kernel';
import { Access, Answers, ApiErrors, ok, RequestOrigin } from '../../../platform/http';
import { ThrottleSignIn } from '../../../platform/rate-limit';
import { SellerErrors } from '../domain/sellers.errors';
import { PasswordResetRequests } from '../password-reset/password-reset-requests.service';
import { PasswordResets } from '../password-reset/password-resets.service';
import { ForgotPasswordDto, ResetPasswordDto } from './dto/auth.dto';

const ON_ITS_WAY = 'If the account exists, a mail is on its way';
const RESET = 'Password set, sign in again';

/** A forgotten password, by mail (D-A19). */
@ApiTags('Seller account')
@Access('public')
@ThrottleSignIn()
@Controller('v1/auth')
export class PasswordResetController {
  constructor(
    private readonly requests: PasswordResetRequests,
    private readonly resets: PasswordResets,
  ) {}

  @Post('forgot-password')
  @Answers({
    summary: 'Ask for a mail that sets a new password',
    description: 'Answers alike for every address. An account gets one such mail a minute at most.',
    message: ON_ITS_WAY,
    example: { success: true, message: ON_ITS_WAY },
  })
  @ApiErrors(SellerErrors.MAIL_NOT_CONFIGURED)
  async forgot(@Body() body: ForgotPasswordDto, @RequestOrigin() origin: Origin) {
    await this.requests.request(body.email, origin);
    return ok(undefined, ON_ITS_WAY);
  }

  @Post('reset-password')
  @Answers({
    summary: 'Set a new password with the token of the mail',
    description:
      'The token is good once, for an hour. Every sign-in of the account ends; the second factor and API tokens stay.',
    message: RESET,
    example: { success: true, message: RESET },
  })
  @ApiErrors(SellerErrors.INVALID_RESET_TOKEN)
  async reset(@Body() body: ResetPasswordDto, @RequestOrigin() origin: Origin) {
    await this.resets.reset(body.token, body.newPassword, origin);
    return ok(undefined, RESET);
  }
}
