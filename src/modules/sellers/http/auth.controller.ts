import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Origin, SignedInSellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  ok,
  RequestOrigin,
  SignedInCaller,
} from '../../../platform/http';
import { ThrottleSignIn } from '../../../platform/rate-limit';
import { SellerErrors } from '../domain/sellers.errors';
import { SellerProfiles } from '../seller-profiles.service';
import { SellerSessions } from '../seller-sessions.service';
import { SellerSignIn } from '../seller-sign-in.service';
import { SellersService } from '../sellers.service';
import * as example from './auth.examples';
import { ChangePasswordDto, LoginSellerDto, RefreshDto, RegisterSellerDto } from './dto/auth.dto';
import { ProfileView, SignedInSellerView, TokenPairView } from './dto/auth.views';
import { presentProfile, presentSignedIn } from './sellers.presenter';

/** Seller accounts [seed 000, «Auth API»]. */
@ApiTags('Seller account')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly sellers: SellersService,
    private readonly signIn: SellerSignIn,
    private readonly sessions: SellerSessions,
    private readonly profiles: SellerProfiles,
  ) {}

  @Post('register')
  @Access('public')
  @ThrottleSignIn()
  @Answers({
    summary: 'Create a seller account',
    status: 201,
    data: SignedInSellerView,
    message: 'Account created successfully',
    example: example.registerExample,
  })
  @ApiErrors(SellerErrors.EMAIL_TAKEN)
  async register(@Body() body: RegisterSellerDto, @RequestOrigin() origin: Origin) {
    const signedIn = await this.sellers.register(body, origin);
    return ok(presentSignedIn(signedIn), 'Account created successfully');
  }

  @Post('login')
  @Access('public')
  @ThrottleSignIn()
  @Answers({
    summary: 'Sign a seller in',
    description:
      'Where a second factor is on, a right password without `totp` answers TOTP_REQUIRED. Every try without success is counted.',
    data: SignedInSellerView,
    message: 'Login successful',
    example: example.loginExample,
  })
  @ApiErrors(
    SellerErrors.INVALID_CREDENTIALS,
    SellerErrors.TOTP_REQUIRED,
    SellerErrors.TOTP_INVALID,
    SellerErrors.SIGN_IN_LOCKED,
  )
  async login(@Body() body: LoginSellerDto, @RequestOrigin() origin: Origin) {
    const signedIn = await this.signIn.login(body, origin);
    return ok(presentSignedIn(signedIn), 'Login successful');
  }

  @Post('refresh')
  @Access('public')
  @ThrottleSignIn()
  @Answers({
    summary: 'Exchange a refresh token for a new pair',
    description:
      'A client that lost the answer may send the same token again within 30 seconds and gets the same pair. Any later reuse ends the sign-in.',
    data: TokenPairView,
    example: example.refreshExample,
  })
  @ApiErrors(SellerErrors.INVALID_REFRESH_TOKEN)
  async refresh(@Body() body: RefreshDto, @RequestOrigin() origin: Origin) {
    return ok(await this.sessions.refresh(body.refreshToken, origin));
  }

  @Post('logout')
  @Access('seller')
  @Answers({
    summary: 'End this sign-in',
    message: 'Logged out',
    example: { success: true, message: 'Logged out' },
  })
  async logout(@SignedInCaller() caller: SignedInSellerCaller) {
    await this.sessions.logout(caller.seller, caller);
    return ok(undefined, 'Logged out');
  }

  @Post('change-password')
  @Access('seller')
  @ThrottleSignIn()
  @Answers({
    summary: 'Change the password and end every other sign-in',
    message: 'Password changed',
    example: { success: true, message: 'Password changed' },
  })
  @ApiErrors(SellerErrors.WRONG_CURRENT_PASSWORD, SellerErrors.SIGN_IN_LOCKED)
  async changePassword(
    @Body() body: ChangePasswordDto,
    @SignedInCaller() caller: SignedInSellerCaller,
  ) {
    await this.sellers.changePassword(body.currentPassword, body.newPassword, caller);
    return ok(undefined, 'Password changed');
  }

  @Get('profile')
  @Access('seller')
  @Answers({
    summary: 'Read the signed-in seller',
    data: ProfileView,
    example: example.profileExample,
  })
  async profile(@SignedInCaller() caller: SignedInSellerCaller) {
    return ok(presentProfile(await this.profiles.get(caller)));
  }
}
