/** A seller's verbs on licences. */
export { LicensesService } from './licenses.service';
export type { DiscordOwner, LicenseTerms, Resale } from './licenses.service';
/** Keys of a shape of the seller's choice. */
export { KEY_BITS_MIN, keyBits, keySize } from './domain/key-shape';
/** What licences are bound to, as the seller sees it. */
export { LicenseBindings } from './license-bindings';
/** Changes of a licence inside a use case of another module. */
export { LicenseEdits } from './license-edits';
export type { License } from './license-edits';
/** A client's use of a licence, after the ladder has granted it. */
export { LicenseAccess } from './license-access';
export type { DeviceFacts, LockedLicense, Use } from './license-access';
/** Keys that resellers sell. */
export { LicenseResale } from './license-resale';
export { LEVEL_MAX, LICENSE_STATUSES, MAX_DEVICES_MAX } from './domain/license';
/** Licences in files: many at once. */
export { LicenseTransfer } from './license-transfer';
export type { DeviceRecord, IssuedRecord, LicenseRecord } from './license-transfer';
export type { LicenseStatus } from './domain/license';
export { KEY_MAX } from './domain/license-key';
export { LicenseErrors } from './domain/licenses.errors';
export { LicensesModule } from './licenses.module';
