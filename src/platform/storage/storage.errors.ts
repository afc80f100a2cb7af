import { defineErrors, DomainError } from '../../kernel';

export const StorageErrors = defineErrors('storage', {
  STORAGE_FULL: {
    class: 'insufficient-storage',
    message: 'There is no space left for files',
    log: 'error',
    help: 'The disk or bucket that keeps the files has no room. Nothing was stored. The operator makes room; retry after `Retry-After` seconds.',
  },
  STORAGE_UNAVAILABLE: {
    class: 'unavailable',
    message: 'The file storage is temporarily unavailable, please retry',
    log: 'error',
    help: 'The disk or bucket that keeps the files cannot be used right now. Retry after `Retry-After` seconds.',
  },
});

/** Nothing fits any more. */
export function storageFull(cause: unknown): DomainError {
  return StorageErrors.STORAGE_FULL({ retryAfterSeconds: 60, cause });
}

/** It may work again in a moment. */
export function storageUnavailable(cause?: unknown): DomainError {
  return StorageErrors.STORAGE_UNAVAILABLE({ retryAfterSeconds: 5, cause });
}
