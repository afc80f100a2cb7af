import { sha256Bytes } from '../../platform/crypto';
import { Commitments, committedText, PersonalFields } from './domain/leaf';

export const SALT_BYTES = 32;

/** Hashes the personal fields under the salt of their leaf: without it nothing can be guessed. */
export function commit(salt: Buffer, { ip, details }: PersonalFields): Commitments {
  return { ip: commitment(salt, 'ip', ip), details: commitment(salt, 'details', details) };
}

function commitment(salt: Buffer, name: keyof PersonalFields, value: string | null): string {
  const text = Buffer.from(committedText(name, value), 'utf8');
  return sha256Bytes(Buffer.concat([salt, text])).toString('hex');
}
