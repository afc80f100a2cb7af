import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3, TestS3 } from '../../../test/support/s3';
import { parseConfig } from '../../config';
import type { BlobStorage } from './blob-storage';
import { openStorage } from './storage.module';

/** More than one part of an upload to a bucket. */
const LARGE = 9_000_000;

/** Chunks of odd lengths, in one buffer that is used again: they are good only until the next. */
async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  const reused = Buffer.alloc(300_007);
  for (let at = 0; at < bytes.length; at += reused.length) {
    const length = bytes.copy(reused, 0, at);
    yield reused.subarray(0, length);
    reused.fill(0);
  }
}

async function collected(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

let folder: string;
let s3: TestS3;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-storage-'));
  s3 = await startS3();
});
afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});

const PLACES: Record<string, () => Record<string, string>> = {
  disk: () => ({ FILES_DIR: folder }),
  'a bucket': () => s3.settings,
};

/** One suite for every storage. */
describe.each(Object.keys(PLACES))('%s', (place) => {
  let storage: BlobStorage;
  beforeAll(async () => {
    storage = await openStorage(parseConfig(PLACES[place]!()));
  });

  test.each([1, 65_552, LARGE])('keeps %d bytes, and gives any range of them', async (size) => {
    const id = randomUUID();
    const bytes = randomBytes(size);
    await storage.write(id, chunksOf(bytes));
    const ranges = [
      [0, size],
      [0, 1],
      [size - 1, size],
      [Math.floor(size / 3), Math.ceil(size / 2)],
    ] as const;
    for (const [start, end] of ranges) {
      const read = await collected(storage.read(id, { start, end }));
      expect(read.equals(bytes.subarray(start, end))).toBe(true);
    }
    await storage.delete(id);
  });

  test('gives nothing of what it does not have, and forgets it without complaint', async () => {
    const id = randomUUID();
    const gone = () => collected(storage.read(id, { start: 0, end: 1 }));
    await expect(gone()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    await storage.delete(id);
    await storage.write(id, chunksOf(randomBytes(10)));
    await storage.delete(id);
    await expect(gone()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    await storage.delete(id);
  });

  test.each([10, LARGE])('lets go of a write whose source fails after %d bytes', async (size) => {
    const id = randomUUID();
    const failing = async function* () {
      yield* chunksOf(randomBytes(size));
      throw new Error('the client went away');
    };
    await expect(storage.write(id, failing())).rejects.toThrow('the client went away');
    await storage.delete(id);
    const read = () => collected(storage.read(id, { start: 0, end: 1 }));
    await expect(read()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  });

  test('gives a reader up in the middle', async () => {
    const id = randomUUID();
    await storage.write(id, chunksOf(randomBytes(LARGE)));
    for await (const chunk of storage.read(id, { start: 0, end: LARGE })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await storage.delete(id);
  });
});

test('S-25 on disk, a blob is named by its id alone, and nobody else may read it', async () => {
  const storage = await openStorage(parseConfig({ FILES_DIR: folder }));
  const id = randomUUID();
  await storage.write(id, chunksOf(randomBytes(10)));
  const path = join(folder, id.slice(-2), id);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  for (const bad of ['../escape', '/etc/passwd', `${id}/..`, '', `${id}\0`]) {
    await expect(storage.write(bad, chunksOf(randomBytes(1)))).rejects.toThrow(/UUID/);
    await expect(storage.delete(bad)).rejects.toThrow(/UUID/);
  }
  await storage.delete(id);
  expect(readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)))).toEqual([]);
});

test('a bucket that cannot be reached, and a folder that is a file, are unavailable', async () => {
  const nowhere = { ...s3.settings, S3_ENDPOINT: 'http://127.0.0.1:9' };
  for (const settings of [nowhere, { FILES_DIR: '/dev/null/files' }]) {
    const storage = await openStorage(parseConfig(settings));
    const write = storage.write(randomUUID(), chunksOf(randomBytes(10)));
    await expect(write).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  }
});

test('many readers who take their time keep nobody else from a bucket', async () => {
  const storage = await openStorage(parseConfig(s3.settings));
  const [large, small] = [randomUUID(), randomUUID()];
  // More than the kernel takes off the service's hands for a reader who does not read.
  await storage.write(large, chunksOf(Buffer.alloc(2 * LARGE)));
  await storage.write(small, chunksOf(randomBytes(10)));
  const paused = Array.from({ length: 60 }, () =>
    storage.read(large, { start: 0, end: 2 * LARGE })[Symbol.asyncIterator](),
  );
  await Promise.all(paused.map((reader) => reader.next()));
  expect(await collected(storage.read(small, { start: 0, end: 10 }))).toHaveLength(10);
  for (const reader of paused) await reader.return?.();
});

describe('a bucket whose service does not list unfinished uploads', () => {
  let service: Server;
  let listing: { status: number; code: string };
  let deleted: string[];
  let storage: BlobStorage;
  beforeAll(async () => {
    service = createServer(({ method, url }, response) => {
      if (method === 'DELETE') {
        deleted.push(url!.split(/[/?]/).at(-2)!);
        response.writeHead(204).end();
      } else {
        response.writeHead(listing.status).end(`<Error><Code>${listing.code}</Code></Error>`);
      }
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const { port } = service.address() as AddressInfo;
    const place = { ...s3.settings, S3_ENDPOINT: `http://127.0.0.1:${port}` };
    storage = await openStorage(parseConfig(place));
  });
  beforeEach(() => (deleted = []));
  afterAll(() => service.close());

  test.each([
    [403, 'AccessDenied'],
    [501, 'NotImplemented'],
  ])('%d %s: the object is deleted, and that is all', async (status, code) => {
    listing = { status, code };
    const id = randomUUID();
    await storage.delete(id);
    expect(deleted).toEqual([id]);
  });

  test('for another reason: the object is deleted, and the rest is left for later', async () => {
    listing = { status: 405, code: 'MethodNotAllowed' };
    const id = randomUUID();
    await expect(storage.delete(id)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    expect(deleted).toEqual([id]);
  });
});
