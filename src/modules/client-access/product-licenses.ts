import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { AppUserAccess } from '../app-users';
import { ClientApp, ClientApps } from '../apps';
import { License, LicenseAccess } from '../licenses';
import { bindsAddress, bindsDevice, ClientFacts } from './domain/ladder';

/** The licences of a seller, as programs of any of the applications use them. */
@Injectable()
export class ProductLicenses {
  constructor(
    private readonly licenses: LicenseAccess,
    private readonly users: AppUserAccess,
    private readonly apps: ClientApps,
  ) {}

  /** The licence with that key, locked, with its application and its user. */
  async lock(sellerId: string, key: string, products: readonly ClientApp[]) {
    const locked = await this.licenses.lockByKeyOfSeller(sellerId, key, products[0]?.id ?? null);
    if (!locked) return { locked: null, user: null, app: null };
    const { id, appId } = locked.license;
    // A key is no way around a ban of the user who registered with it.
    const user = await this.users.lockByLicense(id);
    const app = products.find((product) => product.id === appId) ?? (await this.apps.find(appId));
    return { locked, user, app };
  }

  /** A granted use: starts the clock of an unused licence and binds what is new. */
  async use(license: License, facts: ClientFacts, { ip }: Origin): Promise<License> {
    const hwid = facts.device?.hwid ?? null;
    const used =
      license.status === 'UNUSED' ? await this.licenses.activate(license, { hwid, ip }) : license;
    if (bindsDevice(facts)) this.licenses.bind(license.id, hwid!);
    if (bindsAddress(facts)) this.licenses.bindAddress(license.id, facts.address!.value);
    return used;
  }

  async noteExpiry(license: License, { ip }: Origin): Promise<void> {
    if (license.status === 'EXPIRED') await this.licenses.noteExpiry(license, { ip, hwid: null });
  }
}
