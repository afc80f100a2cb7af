import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** A key pair that signs; what it signed is verified with the public key alone. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  /** The same in SPKI. */
  readonly spki: Buffer;
  /** 64 bytes; the same bytes get the same signature. */
  sign(message: string | Buffer): Buffer;
  verify(message: string | Buffer, signature: Buffer): boolean;
}

/** Beginning of a PKCS #8 document that holds an Ed25519 seed (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_KEY_BYTES = 32;

/** The key pair of a seed of 32 bytes (Ed25519). */
export function signingKey(seed: Buffer): SigningKey {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(key);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    spki,
    publicKey: spki.subarray(spki.length - PUBLIC_KEY_BYTES),
    sign: (message) => sign(null, Buffer.from(message as string), key),
    verify: (message, signature) =>
      verify(null, Buffer.from(message as string), publicKey, signature),
  };
}
