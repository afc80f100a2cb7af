import { randomBytes } from 'node:crypto';
import { FileKeys } from './file-keys';
import {
  ByteRange,
  DamagedContentError,
  openSegments,
  sealedRange,
  sealSegments,
  SEGMENT_BYTES,
} from './segments';

const SEALED = SEGMENT_BYTES + 16;
const key = randomBytes(32);

async function* inChunks(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function collected(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const sealed = (plain: Buffer, chunk = 10_000, under = key) =>
  collected(sealSegments(under, inChunks(plain, chunk)));

function opened(stored: Buffer, size: number, range?: ByteRange, chunk = 30_000, under = key) {
  const asked = range ?? { start: 0, end: size };
  const { start, end } = sealedRange(size, asked);
  return collected(openSegments(under, size, asked, inChunks(stored.subarray(start, end), chunk)));
}

const SIZES = [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 17 * SEGMENT_BYTES, 1e6];

test.each(SIZES)('a content of %d bytes comes back whole', async (size) => {
  const plain = randomBytes(size);
  const stored = await sealed(plain, 7_777);
  expect(stored.length).toBe(size + 16 * Math.max(1, Math.ceil(size / SEGMENT_BYTES)));
  expect((await opened(stored, size)).equals(plain)).toBe(true);
  expect((await opened(stored, size, undefined, 1_000_000)).equals(plain)).toBe(true);
});

test('any range is exactly the bytes asked for, and only its segments are looked at', async () => {
  const size = 5 * SEGMENT_BYTES + 123;
  const plain = randomBytes(size);
  const stored = await sealed(plain);
  const edges = [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, 2 * SEGMENT_BYTES + 7, size - 1, size];
  for (const start of edges.slice(0, -1)) {
    for (const end of edges.filter((edge) => edge > start)) {
      const part = await opened(stored, size, { start, end }, 12_345);
      expect(part.equals(plain.subarray(start, end))).toBe(true);
    }
  }
  expect(sealedRange(size, { start: SEGMENT_BYTES, end: SEGMENT_BYTES + 1 })).toEqual({
    start: SEALED,
    end: 2 * SEALED,
  });
});

describe('S-27 what is not as it was written is refused before a byte of it comes out', () => {
  const size = 4 * SEGMENT_BYTES;
  const plain = randomBytes(size);
  let stored: Buffer;
  beforeEach(async () => {
    stored = await sealed(plain);
  });
  const segment = (at: number) => stored.subarray(at * SEALED, (at + 1) * SEALED);

  /** What came out before the refusal. */
  async function comesOut(bytes: Buffer, length = size, under = key): Promise<number> {
    let out = 0;
    const { start, end } = sealedRange(length, { start: 0, end: length });
    const stream = inChunks(bytes.subarray(start, end), 50_000);
    const reading = async () => {
      for await (const part of openSegments(under, length, { start: 0, end: length }, stream)) {
        out += part.length;
      }
    };
    await expect(reading()).rejects.toThrow(DamagedContentError);
    return out;
  }

  test.each([0, 1, 2, 3])('S-27 a flipped bit in segment %d', async (at) => {
    for (const byte of [0, SEGMENT_BYTES - 1, SEALED - 1]) {
      const bent = Buffer.from(stored);
      bent[at * SEALED + byte]! ^= 1;
      expect(await comesOut(bent)).toBe(at * SEGMENT_BYTES);
    }
  });

  test('S-27 cut off, at a border of segments or in one, or made to look shorter', async () => {
    expect(await comesOut(stored.subarray(0, 3 * SEALED))).toBe(3 * SEGMENT_BYTES);
    expect(await comesOut(stored.subarray(0, 4 * SEALED - 1))).toBe(3 * SEGMENT_BYTES);
    expect(await comesOut(stored.subarray(0, 3 * SEALED), 3 * SEGMENT_BYTES)).toBe(
      2 * SEGMENT_BYTES,
    );
  });

  test('S-27 two segments that changed places, or one that stands twice', async () => {
    const order = (...positions: number[]) => Buffer.concat(positions.map(segment));
    expect(await comesOut(order(1, 0, 2, 3))).toBe(0);
    expect(await comesOut(order(0, 1, 1, 3))).toBe(2 * SEGMENT_BYTES);
  });

  test('S-27 a segment or a whole content of another file', async () => {
    const foreign = await sealed(plain, 10_000, randomBytes(32));
    const mixed = Buffer.concat([foreign.subarray(0, SEALED), stored.subarray(SEALED)]);
    expect(await comesOut(mixed)).toBe(0);
    expect(await comesOut(foreign)).toBe(0);
  });

  test('S-27 a wrapped key opens for the content it was made for, and for no other', () => {
    const keys = new FileKeys('a master key of sufficient length');
    const { key: fresh, ...wrapped } = keys.create('one');
    expect(keys.open(wrapped, 'one').equals(fresh)).toBe(true);
    expect(() => keys.open(wrapped, 'two')).toThrow();
  });
});

test('a new master key opens what the old one wrapped, and wraps it again', () => {
  const before = new FileKeys('the first master key');
  const { key: fresh, ...wrapped } = before.create('id');
  const after = new FileKeys('the second master key', ['the first master key']);
  const again = after.rewrap(wrapped, 'id');
  expect(again.masterKeyId).toBe(after.currentId);
  const alone = new FileKeys('the second master key');
  expect(alone.open(again, 'id').equals(fresh)).toBe(true);
  expect(() => alone.open(wrapped, 'id')).toThrow(/unknown key/);
});
