import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
type S3rverClass = new (options: object) => S3rver;

export const BUCKET = 'latchkey-files';

/** A service that speaks S3, on this machine. */
export interface TestS3 {
  readonly url: string;
  /** Settings of a server that keeps its files there. */
  readonly settings: Record<string, string>;
  close(): Promise<void>;
}

export async function startS3(): Promise<TestS3> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-s3-'));
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no types
  const Service = require('s3rver') as S3rverClass;
  const service = new Service({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await service.run();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    settings: {
      FILE_STORAGE: 's3',
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: url,
      S3_PATH_STYLE: 'true',
      S3_PREFIX: 'test/files',
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
    },
    close: async () => {
      await service.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
