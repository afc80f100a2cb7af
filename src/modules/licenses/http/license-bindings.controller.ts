import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import { Access, Answers, ApiErrors, Caller, Idempotent, IdPipe, ok } from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { LicenseErrors } from '../domain/licenses.errors';
import { LicenseBindings } from '../license-bindings';
import { AddressView, DevicesResetView, DeviceView } from './dto/licenses.views';
import * as example from './licenses.examples';
import { presentAddress, presentDevice } from './licenses.presenter';

const LicenseIdParam = () => Param('licenseId', new IdPipe('lic', LicenseErrors.LICENSE_NOT_FOUND));

/** Devices and addresses that licences are bound to. */
@ApiTags('Licenses')
@Access('seller', 'licenses')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/licenses')
export class LicenseBindingsController {
  constructor(private readonly bindings: LicenseBindings) {}

  @Get(':licenseId/devices')
  @Answers({
    summary: 'List the bound devices of a licence',
    data: DeviceView,
    list: 'all',
    example: example.devicesExample,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async devices(@OwnApp() app: OwnedApp, @LicenseIdParam() licenseId: string) {
    return ok((await this.bindings.listDevices(app, licenseId)).map(presentDevice));
  }

  @Post(':licenseId/reset-devices')
  @Idempotent()
  @Answers({
    summary: 'Release the bound devices, so that new ones can bind',
    data: DevicesResetView,
    message: 'Devices reset',
    example: example.devicesResetExample,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async resetDevices(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const released = await this.bindings.resetDevices(app, licenseId, caller);
    return ok({ released }, 'Devices reset');
  }

  @Get(':licenseId/addresses')
  @Answers({
    summary: 'List the addresses a licence was used from, where addresses are limited',
    data: AddressView,
    list: 'all',
    example: example.addressListExample,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async addresses(@OwnApp() app: OwnedApp, @LicenseIdParam() licenseId: string) {
    return ok((await this.bindings.listAddresses(app, licenseId)).map(presentAddress));
  }

  @Post(':licenseId/reset-addresses')
  @Idempotent()
  @Answers({
    summary: 'Forget the addresses of a licence',
    message: 'Addresses reset',
    data: DevicesResetView,
    example: example.addressesResetExample,
  })
  @ApiErrors(LicenseErrors.LICENSE_NOT_FOUND)
  async resetAddresses(
    @OwnApp() app: OwnedApp,
    @LicenseIdParam() licenseId: string,
    @Caller() caller: SellerCaller,
  ) {
    const released = await this.bindings.resetAddresses(app, licenseId, caller);
    return ok({ released }, 'Addresses reset');
  }
}
