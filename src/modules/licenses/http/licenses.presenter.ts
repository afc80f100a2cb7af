import { durationTypeOf, publicId } from '../../../kernel';
import type { License } from '../license-edits';
import type { Device } from '../licenses.service';
import type { DeviceView, LicenseView } from './dto/licenses.views';

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
  };
}

export function presentDevice({ id, hwid, boundAt }: Device): DeviceView {
  return { id: publicId('dev', id), hwid, boundAt: boundAt.toISOString() };
}
