import { createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import { sha256Bytes } from './merkle';

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PUBLIC_BYTES = 32;

/** An Ed25519 key (RFC 8032) that signs. */
export class SigningKey {
  private readonly key: KeyObject;
  /** The 32 bytes by which others verify. */
  readonly publicKey: Buffer;
  /** Names the key: the first eight bytes of the SHA-256 of the public one, in hexadecimal. */
  readonly id: string;

  /** `seed`: 32 secret bytes. */
  constructor(seed: Buffer) {
    this.key = createPrivateKey({
      key: Buffer.concat([PRIVATE_PREFIX, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const der = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    this.publicKey = der.subarray(PUBLIC_PREFIX.length);
    this.id = sha256Bytes(this.publicKey).toString('hex', 0, 8);
  }

  sign(text: string): Buffer {
    return sign(null, Buffer.from(text, 'utf8'), this.key);
  }
}

/** Whether the signature over the text is of that Ed25519 public key; false for any nonsense. */
export function isSignedBy(publicKey: Buffer, text: string, signature: Buffer): boolean {
  if (publicKey.length !== PUBLIC_BYTES) return false;
  try {
    const der = Buffer.concat([PUBLIC_PREFIX, publicKey]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(null, Buffer.from(text, 'utf8'), key, signature);
  } catch {
    return false;
  }
}
