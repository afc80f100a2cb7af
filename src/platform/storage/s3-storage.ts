import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';
import { DomainError } from '../../kernel';
import type { ByteRange } from '../crypto';
import { BlobStorage } from './blob-storage';
import { storageFull, storageUnavailable } from './storage.errors';

/** The smallest part that the services take; 10,000 of them are more than a file may have at most. */
const PART_BYTES = 5_242_880;
/** Each more is a part more of memory for every upload. */
const PARTS_AT_ONCE = 1;

export interface BucketPlace {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly pathStyle: boolean;
  readonly prefix: string | undefined;
  /** Absent: whatever the machine offers. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

/** Blobs as objects of a bucket, in any service that speaks S3. */
export class S3Storage extends BlobStorage {
  private readonly client: S3Client;

  constructor(private readonly place: BucketPlace) {
    super();
    const { region, endpoint, pathStyle, credentials } = place;
    this.client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      // The content carries its own proof, and not every service knows the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 3_000, socketTimeout: 30_000 },
      ...(endpoint ? { endpoint } : {}),
      ...(credentials ? { credentials } : {}),
    });
  }

  async write(id: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const source = { failed: null as { readonly error: unknown } | null };
    const body = Readable.from(copies(chunks, source), { objectMode: false });
    const upload = new Upload({
      client: this.client,
      params: { ...this.object(id), Body: body },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    await inBucket(upload.done()).catch((error: unknown) => {
      throw source.failed ? source.failed.error : error;
    });
  }

  async *read(id: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
    const range = `bytes=${start}-${end - 1}`;
    const asked = this.client.send(new GetObjectCommand({ ...this.object(id), Range: range }));
    const body = (await inBucket(asked)).Body as Readable;
    let left = end - start;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        // Some services send the whole where the first byte alone is asked for.
        yield chunk.subarray(0, left);
        left -= chunk.length;
        if (left <= 0) return;
      }
    } catch (error) {
      throw storageUnavailable(error);
    } finally {
      body.destroy();
    }
  }

  async delete(id: string): Promise<void> {
    const object = this.object(id);
    await this.abortUnfinished(object);
    await inBucket(this.client.send(new DeleteObjectCommand(object)));
  }

  /** What a killed upload left is no object yet, but takes room as well. */
  private async abortUnfinished(object: { Bucket: string; Key: string }): Promise<void> {
    const { Bucket, Key } = object;
    const listed = this.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    const unfinished = await listed.then(
      ({ Uploads = [] }) => Uploads,
      (error: unknown) => {
        // Simple services cannot list them; what they keep of them is theirs to clear away.
        if ((error as Error).name === 'NotImplemented') return [];
        throw storageUnavailable(error);
      },
    );
    for (const { UploadId } of unfinished) {
      await inBucket(this.client.send(new AbortMultipartUploadCommand({ ...object, UploadId })));
    }
  }

  private object(id: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.place;
    return { Bucket: bucket, Key: prefix ? `${prefix}/${id}` : id };
  }
}

/** The uploader keeps chunks until a part is full; ours are good only until the next. */
async function* copies(
  chunks: AsyncIterable<Buffer>,
  source: { failed: { readonly error: unknown } | null },
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) yield Buffer.from(chunk);
  } catch (error) {
    source.failed = { error };
    throw error;
  }
}

const FULL = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientCapacity']);

/** @throws STORAGE_FULL, STORAGE_UNAVAILABLE in place of what the service says */
async function inBucket<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
    const full = FULL.has(name ?? '') || $metadata?.httpStatusCode === 507;
    throw full ? storageFull(error) : storageUnavailable(error);
  }
}
