import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { durationSeconds, SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Idempotent,
  Caller,
  IdPipe,
  ok,
  okPage,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { PlanErrors } from '../../plans';
import { LicenseErrors } from '../domain/licenses.errors';
import { LicensesService } from '../licenses.service';
import {
  ChangeLicenseDto,
  ExtendDto,
  GenerateLicensesDto,
  ListLicensesQuery,
} from './dto/licenses.dto';
import { LicenseView } from './dto/licenses.views';
import { KeyPipe } from './key.pipe';
import * as example from './licenses.examples';
import { presentLicense } from './licenses.presenter';

const LicenseIdParam = () => Param('licenseId', new IdPipe('lic', LicenseErrors.LICENSE_NOT_FOUND));

/** Licences of an application [seed 000, «Licenses»]. */
@ApiTags('Licenses')
@Access('seller', 'licenses')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/licenses')
export class LicensesController {
  constructor(private readonly licenses: LicensesService) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Generate 1 to 100 licence keys',
    status: 201,
    data: LicenseView,
    list: 'all',
    example: example.generatedExample,
  })
  @ApiErrors(PlanErrors.PLAN_LIMIT_REACHED)
  async generate(
    @OwnApp() app: OwnedApp,
    @Body() body: GenerateLicensesDto,
    @Caller() caller: SellerCaller,
  ) {
    const terms = {
      durationSeconds: durationSeconds(body.durationType),
      level: body.level ?? 1,
      maxDevices: body.maxDevices ?? 1,
      prefix: body.prefix ?? null,
      note: body.note ?? null,
      subscription: body.subscription ?? null,
    };
    const made = await this.licenses.generate(app, terms, body.count ?? 1, caller);
    return ok(made.map(presentLicense));
  }

  @Get()
  @Answers({
    summary: 'List licences by status and part of the key',
    data: LicenseView,
    list: 'page',
    example: example.licenseListExample,
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: ListLicensesQuery) {
    const { page, limit, cursor, ...filter } = query;
    return okPage(await this.licenses.list(app, filter, { page, limit, cursor }), presentLicense);
  }

  @Get('by-key/:key')
  @Answers({
    summary: 'Find a licence by its key',
    data: LicenseView,
    example: example.licenseExample,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async getByKey(@OwnApp() app: OwnedApp, @Param('key', new KeyPipe()) key: string) {
    return ok(presentLicense(await this.licenses.getByKey(app, key)));
  }

  @Get(':licenseId')
  @Answers({ summary: 'Read a licence', data: LicenseView, example: example.licenseExample })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async get(@OwnApp() app: OwnedApp, @LicenseIdParam() licenseId: string) {
    return ok(presentLicense(await this.licenses.get(app, licenseId)));
  }

  @Patch(':licenseId')
  @Answers({
    summary: 'Change note, level or device limit of a licence',
    description: 'A lower device limit releases no device; it holds for the next one.',
    data: LicenseView,
    example: example.licenseExample,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async change(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Body() body: ChangeLicenseDto,
    @Caller() caller: SellerCaller,
  ) {
    return ok(presentLicense(await this.licenses.change(app, licenseId, body, caller)));
  }

  @Post(':licenseId/ban')
  @Idempotent()
  @Answers({
    summary: 'Ban a licence: it cannot be used from now on, its sessions end',
    data: LicenseView,
    message: 'License banned',
    example: { ...example.licenseExample, message: 'License banned' },
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND, LicenseErrors.LICENSE_WRONG_STATUS)
  async ban(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const license = await this.licenses.apply(app, licenseId, 'ban', caller);
    return ok(presentLicense(license), 'License banned');
  }

  @Post(':licenseId/unban')
  @Idempotent()
  @Answers({
    summary: 'Lift a ban',
    data: LicenseView,
    message: 'License unbanned',
    example: { ...example.licenseExample, message: 'License unbanned' },
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND, LicenseErrors.LICENSE_WRONG_STATUS)
  async unban(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const license = await this.licenses.apply(app, licenseId, 'unban', caller);
    return ok(presentLicense(license), 'License unbanned');
  }

  @Post(':licenseId/suspend')
  @Idempotent()
  @Answers({
    summary: 'Suspend a licence: as a ban, until resumed',
    data: LicenseView,
    message: 'License suspended',
    example: { ...example.licenseExample, message: 'License suspended' },
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND, LicenseErrors.LICENSE_WRONG_STATUS)
  async suspend(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const license = await this.licenses.apply(app, licenseId, 'suspend', caller);
    return ok(presentLicense(license), 'License suspended');
  }

  @Post(':licenseId/resume')
  @Idempotent()
  @Answers({
    summary: 'Lift a suspension',
    data: LicenseView,
    message: 'License resumed',
    example: { ...example.licenseExample, message: 'License resumed' },
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND, LicenseErrors.LICENSE_WRONG_STATUS)
  async resume(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const license = await this.licenses.apply(app, licenseId, 'resume', caller);
    return ok(presentLicense(license), 'License resumed');
  }

  @Post(':licenseId/revoke')
  @Idempotent()
  @Answers({
    summary: 'Revoke a licence for good',
    data: LicenseView,
    message: 'License revoked',
    example: { ...example.licenseExample, message: 'License revoked' },
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND, LicenseErrors.LICENSE_WRONG_STATUS)
  async revoke(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const license = await this.licenses.apply(app, licenseId, 'revoke', caller);
    return ok(presentLicense(license), 'License revoked');
  }

  @Post(':licenseId/extend')
  @Idempotent()
  @Answers({
    summary: 'Add days to a licence',
    description:
      'A running licence counts from its expiry, an expired one from now; an unused one lasts longer once used; lifetime stays lifetime.',
    data: LicenseView,
    message: 'License extended by 30 days',
    example: example.extendedExample,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND, LicenseErrors.LICENSE_WRONG_STATUS)
  async extend(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Body() body: ExtendDto,
    @Caller() caller: SellerCaller,
  ) {
    const license = await this.licenses.extend(app, licenseId, body.days, caller);
    return ok(presentLicense(license), `License extended by ${body.days} days`);
  }

  @Delete(':licenseId')
  @Answers({
    summary: 'Delete a licence for good',
    description: 'A user who registered with it stays, but has no subscription any more.',
    message: 'License deleted',
    example: { success: true, message: 'License deleted' },
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async delete(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.licenses.delete(app, licenseId, caller);
    return ok(undefined, 'License deleted');
  }
}
