import { durationTypeOf, publicId } from '../../../kernel';
import type { License } from '../license-edits';
import type { Address, Device } from '../license-bindings';
import type { AddressView, DeviceView, LicenseView } from './dto/licenses.views';

/** A licence, in the documents' key order [doc 000], then what is ours. */
export function presentLicense(license: License): LicenseView {
  return {
    id: publicId('lic', license.id),
    key: license.key,
    appId: license.appId,
    status: license.status,
    durationType: durationTypeOf(license.durationSeconds),
    level: license.level,
    maxDevices: license.maxDevices,
    prefix: license.prefix,
    note: license.note,
    subscription: license.subscription,
    createdAt: license.createdAt.toISOString(),
    activatedAt: license.activatedAt?.toISOString() ?? null,
    expiresAt: license.expiresAt?.toISOString() ?? null,
    resellerId: license.resellerId && publicId('rsl', license.resellerId),
    staff: license.staff,
    maxAddresses: license.maxAddresses,
    discordId: license.discordId,
    discordUsername: license.discordUsername,
    discordDiscriminator: license.discordDiscriminator,
  };
}

export function presentAddress({ address, boundAt }: Address): AddressView {
  return { address, boundAt: boundAt.toISOString() };
}

export function presentDevice({ id, hwid, boundAt }: Device): DeviceView {
  return { id: publicId('dev', id), hwid, boundAt: boundAt.toISOString() };
}
