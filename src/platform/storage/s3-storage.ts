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
/** Each download keeps a connection until its client has everything: as good as no bound. */
const CONNECTIONS = 10_000;
/** Longer than a client may take nothing (`sendContent`): until then its connection is silent. */
const SILENCE_MS = 90_000;
/** How long the first byte of an answer may take. */
const ANSWER_MS = 30_000;

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
      requestHandler: {
        connectionTimeout: 3_000,
        socketTimeout: SILENCE_MS,
        // Only where a request says so: a part of an upload may take its time.
        throwOnRequestTimeout: true,
        httpAgent: { maxSockets: CONNECTIONS },
        httpsAgent: { maxSockets: CONNECTIONS },
      },
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
    const get = new GetObjectCommand({ ...this.object(id), Range: range });
    const asked = this.client.send(get, { requestTimeout: ANSWER_MS });
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
    try {
      // First: an upload that is completed between the two would leave an object behind.
      await this.abortUnfinished(object);
    } finally {
      await inBucket(this.client.send(new DeleteObjectCommand(object)));
    }
  }

  /** What a killed upload left is no object yet, but takes room as well. */
  private async abortUnfinished(object: { Bucket: string; Key: string }): Promise<void> {
    const { Bucket, Key } = object;
    const listed = this.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    const unfinished = await listed.then(
      ({ Uploads = [] }) => Uploads,
      (error: unknown) => {
        // Simple services cannot list them, others do not let us; what they keep of them is then
        // theirs to clear away.
        const { name, status } = answerOf(error);
        if (name === 'NotImplemented' || status === 403) return [];
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
    const { name, status } = answerOf(error);
    const full = FULL.has(name) || status === 507;
    throw full ? storageFull(error) : storageUnavailable(error);
  }
}

/** What the service said, if the error is of its making. */
function answerOf(error: unknown): { readonly name: string; readonly status: number | null } {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return { name: name ?? '', status: $metadata?.httpStatusCode ?? null };
}
