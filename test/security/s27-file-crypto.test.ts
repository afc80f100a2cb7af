import { type createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anApp, aSeller, MadeFile, TestApp } from '../factories';
import { pathOfBlob } from '../files/support';
import { startTestServer, TestServer } from '../support/server';

/** Switched by the twin: segments are decrypted and their tags not looked at. */
const mockGuard = { off: false };
jest.mock('node:crypto', () => {
  const actual = jest.requireActual<typeof import('node:crypto')>('node:crypto');
  return {
    ...actual,
    createDecipheriv: (...args: Parameters<typeof createDecipheriv>) => {
      const decipher = actual.createDecipheriv(...args);
      if (mockGuard.off) Object.assign(decipher, { final: () => Buffer.alloc(0) });
      return decipher;
    },
  };
});

const SEGMENT = 65_536;
const SEALED = SEGMENT + 16;
/** Four whole segments and a short one, each of bytes of its own. */
const PLAIN = Buffer.concat(
  [0, 1, 2, 3].map((n) => Buffer.alloc(SEGMENT, 65 + n)).concat(Buffer.from('end')),
);

let folder: string;
let server: TestServer;
let app: TestApp;
let token: string;
let neighbour: TestApp;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-s27-'));
  server = await startTestServer({ FILES_DIR: folder, BACKGROUND_JOBS: 'false' });
  app = await anApp(await aSeller(server.url));
  neighbour = await anApp(await aSeller(server.url));
  token = await app.login((await app.user()).username);
});
afterEach(() => {
  mockGuard.off = false;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const blobOf = ({ id }: MadeFile) =>
  server.database.value<string>('SELECT blob_id FROM files WHERE code = $1', [id]);

interface Received {
  readonly status: number;
  readonly bytes: Buffer;
  /** Whether all that was announced came. */
  readonly whole: boolean;
  readonly code: string | null;
}

/** What comes of a download, also when the connection is cut in it. */
function download({ id }: MadeFile, range?: string): Promise<Received> {
  const { port } = new URL(server.url);
  const headers = { 'x-session-token': token, ...(range ? { range } : {}) };
  return new Promise((resolve, reject) => {
    const asked = request({ port, path: `/v1/files/download/${id}`, headers, agent: false });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const parts: Buffer[] = [];
      const done = () => {
        const bytes = Buffer.concat(parts);
        const isJson = response.headers['content-type']?.includes('json') ?? false;
        const code = isJson ? (JSON.parse(bytes.toString()) as { code: string }).code : null;
        resolve({ status: response.statusCode!, bytes, whole: response.complete, code });
      };
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('close', done).on('error', () => undefined);
    });
    asked.end();
  });
}

/** Every way to change what is stored, and the first segment that is no longer as it was. */
const TAMPERINGS: readonly [what: string, first: number, bend: (stored: Buffer) => Buffer][] = [
  ...[0, 2, 4].map((segment): [string, number, (stored: Buffer) => Buffer] => [
    `a bit of segment ${segment} flipped`,
    segment,
    (stored) => flip(stored, segment * SEALED + 1),
  ]),
  ['a bit of a tag flipped', 3, (stored) => flip(stored, 3 * SEALED + SEGMENT + 3)],
  ['cut off between two segments', 3, (stored) => stored.subarray(0, 3 * SEALED)],
  ['cut off in a segment', 1, (stored) => stored.subarray(0, SEALED + 100)],
  ['cut to nothing', 0, () => Buffer.alloc(0)],
  ['two segments exchanged', 1, (stored) => order(stored, [0, 2, 1, 3, 4])],
  ['a segment twice', 2, (stored) => order(stored, [0, 1, 1, 3, 4])],
  ['a segment left out', 1, (stored) => order(stored, [0, 2, 3, 4])],
];

function flip(stored: Buffer, at: number): Buffer {
  const bent = Buffer.from(stored);
  bent[at]! ^= 1;
  return bent;
}

function order(stored: Buffer, segments: readonly number[]): Buffer {
  return Buffer.concat(segments.map((n) => stored.subarray(n * SEALED, (n + 1) * SEALED)));
}

/** Downloads a file that was changed; tells what should not have come. */
async function tampered(
  [what, first, bend]: (typeof TAMPERINGS)[number],
  range?: [start: number, end: number],
): Promise<string[]> {
  const file = await app.file(PLAIN);
  const path = pathOfBlob(folder, await blobOf(file));
  writeFileSync(path, bend(readFileSync(path)));
  const [start, end] = range ?? [0, PLAIN.length];
  const { status, bytes, whole, code } = await download(file, range && `bytes=${start}-${end - 1}`);
  const good = first * SEGMENT;
  if (good <= start) {
    return status === 500 && code === 'FILE_DAMAGED'
      ? []
      : [`${what}: ${status}, ${bytes.length} bytes`];
  }
  const sent = PLAIN.subarray(start, Math.min(good, end)).subarray(0, bytes.length);
  const harmless = bytes.length <= good - start && bytes.equals(sent);
  return harmless && !whole ? [] : [`${what}: ${bytes.length} bytes, whole: ${whole}`];
}

describe('S-27 contents that were changed in the storage', () => {
  test('S-27 what is stored is not the content, and the same content is stored differently twice', async () => {
    const stored = [await app.file(PLAIN), await app.file(PLAIN)].map(async (file) =>
      readFileSync(pathOfBlob(folder, await blobOf(file))),
    );
    const [one, other] = await Promise.all(stored);
    expect(one!.length).toBe(PLAIN.length + 5 * 16);
    expect(one!.includes(Buffer.alloc(32, 65))).toBe(false);
    expect(one!.equals(other!)).toBe(false);
  });

  test.each(TAMPERINGS)('S-27 %s: no byte from there on', async (...tampering) => {
    expect(await tampered(tampering)).toEqual([]);
  });

  test('S-27 a range is refused by its own segments, whatever the others are', async () => {
    const [bent] = TAMPERINGS.filter(([what]) => what === 'a bit of segment 2 flipped');
    const at = 2 * SEGMENT;
    expect(await tampered(bent!, [at + 100, at + 200])).toEqual([]);
    expect(await tampered(bent!, [at - 10, at + 10])).toEqual([]);
    const file = await app.file(PLAIN);
    const path = pathOfBlob(folder, await blobOf(file));
    writeFileSync(path, flip(readFileSync(path), 2 * SEALED));
    const sound = await download(file, `bytes=${3 * SEGMENT}-${3 * SEGMENT + 9}`);
    expect([sound.status, sound.bytes.toString()]).toEqual([206, 'DDDDDDDDDD']);
  });

  test('S-27 contents exchanged between files, applications and keys', async () => {
    const mine = await app.file(PLAIN);
    const theirs = await neighbour.file(PLAIN);
    const [a, b] = [await blobOf(mine), await blobOf(theirs)];
    const [pathA, pathB] = [a, b].map((id) => pathOfBlob(folder, id)) as [string, string];
    const [storedA, storedB] = [readFileSync(pathA), readFileSync(pathB)];
    const refusedNow = async () => {
      const { status, code } = await download(mine);
      expect([status, code]).toEqual([500, 'FILE_DAMAGED']);
    };
    writeFileSync(pathA, storedB);
    await refusedNow();
    writeFileSync(
      pathA,
      order(Buffer.concat([storedB.subarray(0, SEALED), storedA]), [0, 2, 3, 4]),
    );
    await refusedNow();
    // With the other's key as well: it is bound to the content it was made for.
    writeFileSync(pathA, storedB);
    await server.database.rows(
      `UPDATE file_blobs x SET key_wrapped = y.key_wrapped FROM file_blobs y WHERE x.id = $1 AND y.id = $2`,
      [a, b],
    );
    await refusedNow();
    expect((await download(mine, 'bytes=-3')).code).toBe('FILE_DAMAGED');
  });

  test('S-27 a size that was changed in the database does not cut a content short', async () => {
    const file = await app.file(PLAIN);
    for (const size of [SEGMENT, 2 * SEGMENT, PLAIN.length - 1, PLAIN.length + 1, 9 * SEGMENT]) {
      await server.database.rows('UPDATE files SET size = $1 WHERE code = $2', [size, file.id]);
      const { status, whole } = await download(file);
      expect([size, status === 200 && whole]).toEqual([size, false]);
    }
  });

  test('S-27 the log says which content it is; the answer says no more than that it is damaged', async () => {
    const file = await app.file(randomBytes(100));
    const id = await blobOf(file);
    writeFileSync(pathOfBlob(folder, id), Buffer.alloc(116));
    const { bytes } = await download(file);
    expect(bytes.toString()).not.toContain(id);
    expect(bytes.toString()).toContain('The file is damaged and was not sent');
  });

  test('S-27 twin: when tags are not looked at, what was changed is sent', async () => {
    mockGuard.off = true;
    const bends = TAMPERINGS.filter(([what]) => !what.startsWith('cut'));
    const found: string[] = [];
    for (const tampering of bends) found.push(...(await tampered(tampering)));
    expect(found.length).toBeGreaterThanOrEqual(0.9 * bends.length);
  });
});
