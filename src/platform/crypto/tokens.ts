import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { wallClockMs } from '../clock';

/** `bytes` random bytes in base64url: 32 bytes are 256 bits in 43 characters. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

export function randomSecret(bytes: number): Buffer {
  return randomBytes(bytes);
}

/** `length` characters drawn evenly from `alphabet`. */
export function randomText(alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[randomInt(alphabet.length)];
  return text;
}

/** What is stored of a token that already has full entropy; the digest of any bytes. */
export function sha256(bytes: string | Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** SHA-256 of bytes that come in parts. */
export class Sha256 {
  private readonly hash = createHash('sha256');

  update(bytes: Buffer): void {
    this.hash.update(bytes);
  }

  digest(): Buffer {
    return this.hash.digest();
  }
}

export function hmacSha256(key: Buffer, ...parts: readonly (string | Buffer)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Compares in a time that does not depend on where the two differ. */
export function equalBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The millisecond of the last id, and how many came before it within that one. */
const last = { ms: 0, count: 0 };
const PER_MS = 4_096;

/**
 * A UUID of version 7 (RFC 9562): time-ordered, so new rows land at the end of their index. Each is
 * greater than those this process made before.
 */
export function newId(): string {
  const now = wallClockMs();
  if (now > last.ms) Object.assign(last, { ms: now, count: 0 });
  else if (++last.count === PER_MS) Object.assign(last, { ms: last.ms + 1, count: 0 });
  const bytes = randomBytes(16);
  bytes.writeUIntBE(last.ms, 0, 6);
  bytes.writeUInt16BE(0x7000 | last.count, 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
