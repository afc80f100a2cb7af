import { Global, Module } from '@nestjs/common';
import { join, resolve } from 'node:path';
import type { Config } from '../../config';
import { CONFIG } from '../config-token';
import { BlobStorage } from './blob-storage';
import { DiskStorage } from './disk-storage';

/** The storage that the settings name. */
export async function openStorage(config: Config): Promise<BlobStorage> {
  if (config.FILE_STORAGE === 'disk') {
    return new DiskStorage(resolve(config.FILES_DIR ?? join(config.DATA_DIR, 'files')));
  }
  // The client of S3 takes its time to load: only those who use it wait for it.
  const { S3Storage } = await import('./s3-storage');
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  return new S3Storage({
    bucket: config.S3_BUCKET!,
    region: config.S3_REGION,
    endpoint: config.S3_ENDPOINT,
    pathStyle: config.S3_PATH_STYLE,
    prefix: config.S3_PREFIX,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
  });
}

/** Injects how large a content may be, and how long it may take to come. */
export const FILE_LIMITS = Symbol('file limits');

/** Limits of an upload. */
export interface FileLimits {
  readonly bytes: number;
  readonly totalMs: number;
}

/** 48 GiB at 20 Mbit a second. An upload that stalls is cut off much earlier. */
const TOTAL_MS = 6 * 3_600_000;

function limitsOf(config: Config): FileLimits {
  return { bytes: config.FILE_LIMIT_BYTES, totalMs: TOTAL_MS };
}

/** Where the content of files is kept. */
@Global()
@Module({
  providers: [
    { provide: BlobStorage, inject: [CONFIG], useFactory: openStorage },
    { provide: FILE_LIMITS, inject: [CONFIG], useFactory: limitsOf },
  ],
  exports: [BlobStorage, FILE_LIMITS],
})
export class StorageModule {}
