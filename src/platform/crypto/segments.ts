import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Plain bytes of a segment; the last one may be shorter (D-A23). */
export const SEGMENT_BYTES = 65_536;
const TAG_BYTES = 16;
const SEALED_BYTES = SEGMENT_BYTES + TAG_BYTES;
const BATCH_SEGMENTS = 16;

/** A part of a content: `start` is the first byte, `end` the one behind the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A segment that is not what was written: changed, cut, moved, or of another content. */
export class DamagedContentError extends Error {
  constructor(segment: number, cause?: unknown) {
    super(`segment ${segment} of a stored content is damaged`, { cause });
    this.name = 'DamagedContentError';
  }
}

/**
 * Encrypts a stream in segments of 64 KiB (AES-256-GCM): the ciphertext of each, then its tag. The
 * nonce is the position with a mark on the last one, which is safe because every content has a key
 * of its own; so segments can neither change places nor be cut off. What is yielded is valid only
 * until the next is asked for.
 */
export async function* sealSegments(
  key: Buffer,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const plain = Buffer.allocUnsafe(BATCH_SEGMENTS * SEGMENT_BYTES);
  const sealed = Buffer.allocUnsafe(BATCH_SEGMENTS * SEALED_BYTES);
  let filled = 0;
  let position = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length;) {
      // Only when more comes is it known that what is there does not hold the last segment.
      if (filled === plain.length) {
        yield seal(key, plain, position, false, sealed);
        position += BATCH_SEGMENTS;
        filled = 0;
      }
      const copied = chunk.copy(plain, filled, taken);
      taken += copied;
      filled += copied;
    }
  }
  yield seal(key, plain.subarray(0, filled), position, true, sealed);
}

function seal(key: Buffer, plain: Buffer, first: number, ends: boolean, into: Buffer): Buffer {
  const count = Math.max(1, Math.ceil(plain.length / SEGMENT_BYTES));
  let written = 0;
  for (let index = 0; index < count; index++) {
    const segment = plain.subarray(index * SEGMENT_BYTES, (index + 1) * SEGMENT_BYTES);
    const last = ends && index === count - 1;
    const cipher = createCipheriv('aes-256-gcm', key, nonce(first + index, last));
    written += cipher.update(segment).copy(into, written);
    cipher.final();
    written += cipher.getAuthTag().copy(into, written);
  }
  return into.subarray(0, written);
}

/** Where the segments that hold a range of a content of `size` bytes lie in what is stored. */
export function sealedRange(size: number, range: ByteRange): ByteRange {
  const { first, last } = segmentsOf(size, range);
  const end = Math.min((last + 1) * SEALED_BYTES, size + lastSegment(size) * TAG_BYTES + TAG_BYTES);
  return { start: first * SEALED_BYTES, end };
}

/**
 * Decrypts a range of a content of `size` bytes from the bytes of its `sealedRange`. No byte of a
 * segment is yielded before its tag has been verified.
 * @throws DamagedContentError
 */
export async function* openSegments(
  key: Buffer,
  size: number,
  range: ByteRange,
  stored: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const { first, last } = segmentsOf(size, range);
  const { start, end } = range;
  const ends = lastSegment(size);
  const carry = Buffer.allocUnsafe(SEALED_BYTES);
  const lengthOf = (at: number) =>
    (at === ends ? size - ends * SEGMENT_BYTES : SEGMENT_BYTES) + TAG_BYTES;
  const within = (at: number, sealed: Buffer) =>
    open(key, at, at === ends, sealed).subarray(
      Math.max(0, start - at * SEGMENT_BYTES),
      end - at * SEGMENT_BYTES,
    );
  let segment = first;
  let carried = 0;
  for await (const chunk of stored) {
    let taken = 0;
    while (segment <= last) {
      const wanted = lengthOf(segment) - carried;
      if (chunk.length - taken < wanted) break;
      let sealed = chunk.subarray(taken, taken + wanted);
      if (carried > 0) {
        sealed.copy(carry, carried);
        sealed = carry.subarray(0, carried + wanted);
      }
      taken += wanted;
      carried = 0;
      const plain = within(segment++, sealed);
      if (plain.length > 0) yield plain;
    }
    if (segment <= last) carried += chunk.copy(carry, carried, taken);
  }
  if (segment <= last) throw new DamagedContentError(segment);
}

function open(key: Buffer, at: number, last: boolean, sealed: Buffer): Buffer {
  const body = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(at, last), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(body));
  const plain = decipher.update(sealed.subarray(0, body));
  try {
    decipher.final();
  } catch (cause) {
    throw new DamagedContentError(at, cause);
  }
  return plain;
}

function nonce(position: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(position, 0, 6);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

/** An empty content has one segment as well, so that even emptiness is authentic. */
function lastSegment(size: number): number {
  return Math.max(0, Math.ceil(size / SEGMENT_BYTES) - 1);
}

function segmentsOf(size: number, { start, end }: ByteRange): { first: number; last: number } {
  const first = Math.floor(start / SEGMENT_BYTES);
  const last = Math.max(first, Math.floor((end - 1) / SEGMENT_BYTES));
  return { first, last: Math.min(last, lastSegment(size)) };
}
