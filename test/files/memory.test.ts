import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { anApp, aSeller, TestApp } from '../factories';
import { freshDatabase, TestDatabase } from '../support/database';
import { startS3, TestS3 } from '../support/s3';
import { PROJECT_ROOT, SpawnedServer, spawnServer } from '../support/server';

const MIB = 1_048_576;
/** As the promise says; less than the size of the file by so much that nothing can be held whole. */
const LIMIT_MIB = 64;
/** A whole gibibyte takes its time: it is measured by hand with FILE_MIB=1024. */
const MEBIBYTES = Number(process.env['FILE_MIB'] ?? '256');
const SIZES = { disk: MEBIBYTES, bucket: MEBIBYTES / 4 };

jest.setTimeout(600_000);

/** Bytes without end, made of one piece that is never the same twice. */
function* bytes(mebibytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(MIB, 'not all zeros ');
  for (let n = 0; n < mebibytes; n++) {
    piece.writeUInt32LE(n, 0);
    yield Buffer.from(piece);
  }
}

describe.each(['disk', 'bucket'] as const)('a large file on %s', (place) => {
  const size = SIZES[place];
  const figures: Record<string, { mibPerSecond: number; growthMiB: number }> = {};
  let folder: string;
  let s3: TestS3 | null = null;
  let database: TestDatabase;
  let server: SpawnedServer;
  let app: TestApp;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-memory-'));
    if (place === 'bucket') s3 = await startS3();
    database = await freshDatabase();
    await database.rows('UPDATE plan_limits SET storage_bytes = NULL');
    const env = { FILES_DIR: folder, FILE_LIMIT_BYTES: String(2 ** 32), ...s3?.settings };
    server = await spawnServer(database.url, { env });
    app = await anApp(await aSeller(server.url));
  });
  afterAll(async () => {
    await server.stop();
    await database.close();
    await s3?.close();
    rmSync(folder, { recursive: true, force: true });
    const directory = join(PROJECT_ROOT, 'test-results');
    mkdirSync(directory, { recursive: true });
    const text = JSON.stringify({ mebibytes: size, ...figures }, null, 2);
    writeFileSync(join(directory, `files-memory-${place}.json`), `${text}\n`);
  });

  function memory(): { peak: number; now: number } {
    const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
    const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1_024;
    return { peak: of('VmHWM'), now: of('VmRSS') };
  }

  async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
    writeFileSync(`/proc/${server.process.pid}/clear_refs`, '5');
    const before = memory().now;
    const started = performance.now();
    const result = await work();
    const mibPerSecond = Math.round((size * 1_000) / (performance.now() - started));
    figures[name] = { mibPerSecond, growthMiB: Math.round(memory().peak - before) };
    return result;
  }

  async function upload(mebibytes: number): Promise<string> {
    const { id } = (await app.seller.post(app.path('/files'), { name: 'large.bin' })).body.data;
    const response = await fetch(server.url + app.path(`/files/${id}/content`), {
      method: 'PUT',
      headers: { authorization: `Bearer ${app.seller.accessToken}` },
      body: Readable.toWeb(Readable.from(bytes(mebibytes))),
      duplex: 'half',
    });
    if (response.status !== 200) throw new Error(await response.text());
    return id;
  }

  async function download(id: string, sessionToken: string): Promise<string> {
    const response = await fetch(`${server.url}/v1/files/download/${id}`, {
      headers: { 'x-session-token': sessionToken },
    });
    const digest = createHash('sha256');
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      digest.update(chunk);
    }
    return digest.digest('hex');
  }

  test(`moves in and out in ${LIMIT_MIB} MiB of memory`, async () => {
    const token = await app.login((await app.user()).username);
    // The first of each loads code, in a bucket also that for uploads in parts.
    await download(await upload(6), token);
    const id = await measured('in', () => upload(size));
    const digest = await measured('out', () => download(id, token));
    const sent = createHash('sha256');
    for (const piece of bytes(size)) sent.update(piece);
    expect(digest).toBe(sent.digest('hex'));
    const growth = Object.values(figures).map(({ growthMiB }) => growthMiB);
    expect(Math.max(...growth)).toBeLessThanOrEqual(LIMIT_MIB);
  });
});
