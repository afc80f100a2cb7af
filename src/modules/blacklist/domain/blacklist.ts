import { nameKey, plainForm } from '../../../kernel';

export const BLACKLIST_TYPES = ['IP', 'HWID', 'USERNAME'] as const;
/** What an entry speaks of (D-A12). */
export type BlacklistType = (typeof BLACKLIST_TYPES)[number];

/** An IPv4 address inside an IPv6 one, as dual-stack sockets report it. */
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The form under which two spellings of a value are the same. */
export function blacklistKey(type: BlacklistType, value: string): string {
  if (type === 'USERNAME') return nameKey(value);
  if (type === 'HWID') return plainForm(value);
  return addressKey(value.trim());
}

/** One spelling for each address; a text that is none stays as it is. */
function addressKey(address: string): string {
  const mapped = MAPPED_IPV4.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(':')) return address;
  const url = `http://[${address}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address.toLowerCase();
}
