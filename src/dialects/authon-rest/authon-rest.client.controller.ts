import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Origin } from '../../kernel';
import { UserErrors } from '../../modules/app-users';
import { CallingApp, ClientApp } from '../../modules/apps';
import { ClientAccess } from '../../modules/client-access';
import { SessionsService } from '../../modules/sessions';
import { Access, Answers, ApiErrors, RequestOrigin } from '../../platform/http';
import { ClientLicenseDto, ClientLoginDto, ClientRegisterDto } from './authon-rest.dto';
import * as encode from './authon-rest.encode';
import { CLIENT_ERRORS } from './authon-rest.errors';
import * as example from './authon-rest.examples';
import { ClientLicenseView, ClientLoginView, ClientRegisterView } from './authon-rest.views';
import { ClientSignInThrottle } from './client-sign-in-throttle.guard';

/** Client programs with their key in a header [seed 001, «Client API»]. */
@ApiTags('Client (REST)')
@Access('app-client')
@UseGuards(ClientSignInThrottle)
@ApiErrors(...CLIENT_ERRORS)
@Controller('v1/client')
export class AuthonRestClientController {
  constructor(
    private readonly access: ClientAccess,
    private readonly sessions: SessionsService,
  ) {}

  @Post('login')
  @Answers({
    summary: 'Sign a user in by name and password',
    data: ClientLoginView,
    example: example.login,
  })
  async login(
    @Body() body: ClientLoginDto,
    @CallingApp() app: ClientApp,
    @RequestOrigin() origin: Origin,
  ) {
    const verdict = await this.access.login(app, { ...body, hwid: body.hwid || null }, origin);
    return encode.answer(verdict, (signedIn) =>
      encode.encodeLogin(signedIn, this.sessions.jwtOf(app.id, signedIn.sessionId)),
    );
  }

  @Post('register')
  @Answers({
    summary: 'Create a user with a licence key and sign them in',
    status: 201,
    data: ClientRegisterView,
    example: example.register,
  })
  @ApiErrors(UserErrors.USERNAME_TAKEN)
  async register(
    @Body() body: ClientRegisterDto,
    @CallingApp() app: ClientApp,
    @RequestOrigin() origin: Origin,
  ) {
    const input = { ...body, hwid: body.hwid || null };
    const verdict = await this.access.registerAndSignIn(app, input, origin);
    return encode.answer(verdict, (signedIn) =>
      encode.encodeRegister(signedIn, this.sessions.jwtOf(app.id, signedIn.sessionId)),
    );
  }

  @Post('license')
  @Answers({
    summary: 'Sign in by licence key alone',
    data: ClientLicenseView,
    example: example.license,
  })
  async license(
    @Body() body: ClientLicenseDto,
    @CallingApp() app: ClientApp,
    @RequestOrigin() origin: Origin,
  ) {
    const verdict = await this.access.useKey(app, { ...body, hwid: body.hwid || null }, origin);
    return encode.answer(verdict, (signedIn) =>
      encode.encodeLicense(signedIn, this.sessions.jwtOf(app.id, signedIn.sessionId)),
    );
  }
}
