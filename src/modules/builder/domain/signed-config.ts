import { configIn, isExecutable } from './region';

export interface SignedConfig {
  readonly body: Buffer;
  readonly signature: Buffer;
}

/** No configuration holds a quote of either kind, so the one behind it ends it. */
const CONFIG = /\{"v":\d+,[^'`\n]*\}(?=['`])/;
const SIGNATURE = /signature = ['"]([A-Za-z0-9+/]{86}==)['"]/i;

/**
 * The configuration of a finished loader of any language, with the signature over it; null for
 * anything else. Whose signature it is remains to be seen.
 */
export function signedConfig(file: Buffer): SignedConfig | null {
  if (isExecutable(file)) return configIn(file);
  const text = file.toString('latin1');
  const [config] = CONFIG.exec(text) ?? [];
  const [, signature] = SIGNATURE.exec(text) ?? [];
  if (config === undefined || signature === undefined) return null;
  return { body: Buffer.from(config, 'latin1'), signature: Buffer.from(signature, 'base64') };
}
