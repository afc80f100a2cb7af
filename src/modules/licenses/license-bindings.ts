import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { Transactions } from '../../platform/database';
import type { OwnedApp } from '../apps';
import { AddressesRepository } from './addresses.repository';
import { DevicesRepository } from './devices.repository';
import type { LicenseAddressEntity } from './entities/license-address.entity';
import type { LicenseDeviceEntity } from './entities/license-device.entity';
import { LicenseBooks } from './license-books';
import { LicenseEdits } from './license-edits';
import { LicensesService } from './licenses.service';

export type Address = Pick<LicenseAddressEntity, 'address' | 'boundAt'>;
export type Device = Pick<LicenseDeviceEntity, 'id' | 'hwid' | 'boundAt'>;

/** What licences are bound to, as the seller sees it: devices and addresses. */
@Injectable()
export class LicenseBindings {
  constructor(
    private readonly transactions: Transactions,
    private readonly licenses: LicensesService,
    private readonly devices: DevicesRepository,
    private readonly addresses: AddressesRepository,
    private readonly edits: LicenseEdits,
    private readonly books: LicenseBooks,
  ) {}

  /** @throws LICENSE_NOT_FOUND */
  async listDevices(app: OwnedApp, id: string): Promise<Device[]> {
    const license = await this.licenses.get(app, id);
    return (await this.devices.list(license.id)).filter(({ releasedAt }) => releasedAt === null);
  }

  /**
   * Releases every bound device, so that new ones can take their places.
   * @throws LICENSE_NOT_FOUND
   */
  resetDevices(app: OwnedApp, id: string, caller: SellerCaller): Promise<number> {
    return this.transactions.run(async () => {
      const license = await this.edits.lock(app.id, id);
      const released = await this.edits.resetDevices(license);
      this.books.record('license.reset-devices', app, license, caller, { released });
      return released;
    });
  }

  /** Where the licence was used from, first bound first. @throws LICENSE_NOT_FOUND */
  async listAddresses(app: OwnedApp, id: string): Promise<Address[]> {
    const license = await this.licenses.get(app, id);
    return this.addresses.list(license.id);
  }

  /**
   * Forgets every address, so that new ones can take their places.
   * @throws LICENSE_NOT_FOUND
   */
  resetAddresses(app: OwnedApp, id: string, caller: SellerCaller): Promise<number> {
    return this.transactions.run(async () => {
      const license = await this.edits.lock(app.id, id);
      const released = await this.edits.resetAddresses(license);
      this.books.record('license.reset-addresses', app, license, caller, { released });
      return released;
    });
  }
}
