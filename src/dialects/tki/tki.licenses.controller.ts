import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../kernel';
import { AppErrors, AppIdParam, AppsService } from '../../modules/apps';
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
@ApiErrors(AppErrors.APP_NOT_FOUND)
@Controller('api/tki/products/:appId/licenses')
export class TkiLicensesController {
  constructor(
    private readonly apps: AppsService,
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
    @AppIdParam() appId: string,
    @Body() body: TkiCreateLicensesDto,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
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
  async list(
    @AppIdParam() appId: string,
    @Query() query: TkiListLicensesQuery,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
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
  async get(
    @AppIdParam() appId: string,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
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
    @AppIdParam() appId: string,
    @LicenseIdParam() licenseId: string,
    @Body() body: TkiChangeLicenseDto,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
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
    @AppIdParam() appId: string,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
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
    @AppIdParam() appId: string,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
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
    @AppIdParam() appId: string,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const app = await this.apps.requireOwned(caller, appId);
    return success({ released: await this.bindings.resetDevices(app, licenseId, caller) });
  }
}
