import { createPublicKey, verify } from 'node:crypto';
import { sha256Bytes } from './merkle';

/** What stands before the 32 bytes of an Ed25519 key in SPKI (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PUBLIC_KEY_BYTES = 32;

/** Names a public key: the first eight bytes of its SHA-256, in hexadecimal. */
export function keyIdOf(publicKey: Buffer): string {
  return sha256Bytes(publicKey).toString('hex', 0, 8);
}

/** Whether the signature over the text is of that Ed25519 public key; false for any nonsense. */
export function isSignedBy(publicKey: Buffer, text: string, signature: Buffer): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES) return false;
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI, publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, Buffer.from(text, 'utf8'), key, signature);
  } catch {
    return false;
  }
}
