import { hkdfSync, randomBytes } from 'node:crypto';
import { openBytes, sealBytes } from './sealed';

const KEY_BYTES = 32;

/** The key of one file's content, as it is stored. */
export interface WrappedKey {
  /** Which master key it is wrapped with. */
  readonly masterKeyId: string;
  readonly wrapped: Buffer;
}

interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * Wraps the key of each content with a master key. New keys are wrapped with the first of the
 * secrets; what an earlier one wrapped still opens. Changing the master key thus rewrites the
 * wrapped keys and never the content.
 */
export class FileKeys {
  private readonly current: MasterKey;
  private readonly known: ReadonlyMap<string, MasterKey>;

  constructor(current: string, earlier: readonly string[] = []) {
    this.current = masterKey(current);
    const known = [...earlier.map(masterKey), this.current];
    this.known = new Map(known.map((master) => [master.id, master]));
  }

  /** Id of the master key that wraps from now on; says nothing about the key. */
  get currentId(): string {
    return this.current.id;
  }

  /** A new random key for the content of that id. */
  create(contentId: string): WrappedKey & { readonly key: Buffer } {
    const key = randomBytes(KEY_BYTES);
    return { key, ...this.wrap(key, contentId) };
  }

  /** @throws when no known master key wrapped it, or for another content. */
  open({ masterKeyId, wrapped }: WrappedKey, contentId: string): Buffer {
    const master = this.known.get(masterKeyId);
    if (!master) throw new Error(`a file's key is wrapped with the unknown key ${masterKeyId}`);
    return openBytes(master.key, wrapped, contextOf(contentId));
  }

  /** The same key wrapped with the current master key. */
  rewrap(wrapped: WrappedKey, contentId: string): WrappedKey {
    return this.wrap(this.open(wrapped, contentId), contentId);
  }

  private wrap(key: Buffer, contentId: string): WrappedKey {
    const wrapped = sealBytes(this.current.key, key, contextOf(contentId));
    return { masterKeyId: this.current.id, wrapped };
  }
}

function masterKey(secret: string): MasterKey {
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, 'latchkey', purpose, bytes));
  return { id: derive('file-key-id', 6).toString('hex'), key: derive('file-keys', KEY_BYTES) };
}

function contextOf(contentId: string): string {
  return `file content ${contentId}`;
}
