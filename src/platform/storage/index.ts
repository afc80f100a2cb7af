export { BlobStorage } from './blob-storage';
export { StorageErrors, storageUnavailable } from './storage.errors';
export { FILE_LIMITS, StorageModule } from './storage.module';
export type { FileLimits } from './storage.module';
