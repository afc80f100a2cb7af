export { BlobStorage } from './blob-storage';
export { StorageErrors, storageUnavailable } from './storage.errors';
export { StorageModule } from './storage.module';
