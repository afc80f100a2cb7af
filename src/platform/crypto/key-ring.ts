import { hkdfSync } from 'node:crypto';
import { SigningKey, signingKey } from './ed25519';
import { openBytes, sealBytes } from './sealed';
import { hmacSha256 } from './tokens';

/** The two secrets everything else is derived from; held outside the database. */
export interface Secrets {
  /** Protects what is stored: losing it loses app keys, passwords and refresh tokens. */
  readonly masterKey: string;
  /** Signs access tokens: changing it only signs everybody out. */
  readonly jwtSecret: string;
}

export type MacPurpose =
  | 'app-api-key'
  | 'password'
  | 'refresh-token'
  | 'attempt-subject'
  | 'limiter-key'
  | 'idempotent-request'
  | 'recovery-code'
  | 'attempted-key'
  | 'gateway-key';

const SIGNING_KEYS_KEPT = 2_000;

/**
 * Every key of the server, each derived from the master key for one purpose (HKDF-SHA-256), so
 * that a value made for one purpose is worthless for another.
 */
export class KeyRing {
  private readonly macKeys = new Map<MacPurpose, Buffer>();
  private readonly signingKeys = new Map<string, SigningKey>();
  private readonly sealKey: Buffer;
  readonly jwtSecret: string;

  constructor(private readonly secrets: Secrets) {
    this.sealKey = this.derive('seal');
    this.jwtSecret = this.derive('jwt', secrets.jwtSecret).toString('base64');
  }

  /** Keyed hash for one purpose; the parts are joined with a separator no part contains. */
  mac(purpose: MacPurpose, ...parts: readonly (string | Buffer)[]): Buffer {
    let key = this.macKeys.get(purpose);
    if (!key) {
      key = this.derive(`mac:${purpose}`);
      this.macKeys.set(purpose, key);
    }
    return hmacSha256(key, ...parts.flatMap((part) => [part, '\0']));
  }

  /** Encrypts a short text (AES-256-GCM); it opens only under the same `context`. */
  seal(plain: string, context: string): Buffer {
    return sealBytes(this.sealKey, Buffer.from(plain), context);
  }

  /** @throws when the bytes were altered, or sealed under another key or context. */
  open(sealed: Buffer, context: string): string {
    return openBytes(this.sealKey, sealed, context).toString('utf8');
  }

  /** The key pair that signs for one context, such as the messages of an application. */
  signer(context: string): SigningKey {
    let key = this.signingKeys.get(context);
    if (!key) {
      // To make one takes longer than to sign with it; those in use are kept, as many as is sensible.
      if (this.signingKeys.size >= SIGNING_KEYS_KEPT) this.signingKeys.clear();
      key = signingKey(this.derive(`sign:${context}`));
      this.signingKeys.set(context, key);
    }
    return key;
  }

  private derive(purpose: string, secret = this.secrets.masterKey): Buffer {
    return Buffer.from(hkdfSync('sha256', secret, 'latchkey', purpose, 32));
  }
}
