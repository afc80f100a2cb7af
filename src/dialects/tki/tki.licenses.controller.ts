import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../kernel';
import { OfOwnApp, OwnApp, OwnedApp } from '../../modules/apps';
import { Gateways } from '../../modules/gateways';
import { LicenseBindings, LicenseErrors, LicensesService } from '../../modules/licenses';
import { PlanErrors } from '../../modules/plans';
import { Access, ApiErrors, Caller, Idempotent, IdPipe } from '../../platform/http';
import { TkiAnswers } from './tki.answers';
import { changesOf, termsOf } from './tki.decode-license';
import { TkiChangeLicenseDto, TkiCreateLicensesDto, TkiListLicensesQuery } from './tki.dto';
import { encodeLicense, success, successPage } from './tki.encode';
import * as example from './tki.examples';
import { TkiLicenseDetailView, TkiLicenseView, TkiResetView } from './tki.views';

const LicenseIdParam = () => Param('licenseId', new IdPipe('lic', LicenseErrors.LICENSE_NOT_FOUND));

/** Licences of a product [doc 003, 4.2 and 4.3; D-T7, D-T11]. */
@ApiTags('TKI management')
@Access('seller', 'licenses')
@OfOwnApp()
@Controller('api/tki/products/:appId/licenses')
export class TkiLicensesController {
  constructor(
    private readonly licenses: LicensesService,
    private readonly bindings: LicenseBindings,
    private readonly gateways: Gateways,
  ) {}

  @Post()
  @Idempotent()
  @TkiAnswers({
    summary: 'Create 1 to 100 licences with keys of the shape in the settings',
    status: 201,
    data: TkiLicenseView,
    list: 'all',
    example: { ...example.license, status: 'UNUSED' },
  })
  @ApiErrors(PlanErrors.PLAN_LIMIT_REACHED)
  async create(
    @OwnApp() app: OwnedApp,
    @Body() body: TkiCreateLicensesDto,
    @Caller() caller: SellerCaller,
  ) {
    const terms = termsOf(body);
    const { keyShape } = await this.gateways.get(caller);
    const made = await this.licenses.generate(app, terms, body.amount ?? 1, caller, keyShape);
    return success(made.map(encodeLicense), 201);
  }

  @Get()
  @TkiAnswers({
    summary: 'List the licences of a product',
    data: TkiLicenseView,
    list: 'page',
    example: example.license,
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: TkiListLicensesQuery) {
    const { status, search, ...request } = query;
    return successPage(await this.licenses.list(app, { status, search }, request), encodeLicense);
  }

  @Get(':licenseId')
  @TkiAnswers({
    summary: 'Read a licence with the addresses and HWIDs it was used from',
    data: TkiLicenseDetailView,
    example: example.licenseDetail,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async get(@OwnApp() app: OwnedApp, @LicenseIdParam() licenseId: string) {
    const license = await this.licenses.get(app, licenseId);
    const ips = (await this.bindings.listAddresses(app, licenseId)).map(({ address }) => address);
    const hwids = (await this.bindings.listDevices(app, licenseId)).map(({ hwid }) => hwid);
    return success({ ...encodeLicense(license), ips, hwids });
  }

  @Patch(':licenseId')
  @TkiAnswers({
    summary: 'Change expiry, caps, owner, staff flag or note of a licence',
    data: TkiLicenseView,
    example: example.license,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async change(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Body() body: TkiChangeLicenseDto,
    @Caller() caller: SellerCaller,
  ) {
    const changed = await this.licenses.change(app, licenseId, changesOf(body), caller);
    return success(encodeLicense(changed));
  }

  @Delete(':licenseId')
  @TkiAnswers({
    summary: 'Delete a licence for good',
    data: TkiLicenseView,
    example: example.license,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async delete(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const license = await this.licenses.get(app, licenseId);
    await this.licenses.delete(app, licenseId, caller);
    return success(encodeLicense(license));
  }

  @Post(':licenseId/reset-ips')
  @Idempotent()
  @TkiAnswers({
    summary: 'Forget the addresses of a licence, so that others can take their places',
    data: TkiResetView,
    example: example.reset,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async resetIps(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    return success({ released: await this.bindings.resetAddresses(app, licenseId, caller) });
  }

  @Post(':licenseId/reset-hwids')
  @Idempotent()
  @TkiAnswers({
    summary: 'Forget the HWIDs of a licence, so that others can take their places',
    data: TkiResetView,
    example: example.reset,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async resetHwids(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    return success({ released: await this.bindings.resetDevices(app, licenseId, caller) });
  }
}
