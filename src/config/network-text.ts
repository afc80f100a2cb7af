import { isIP } from 'node:net';

const PREFIX = /^(0|[1-9]\d{0,2})$/;

/** Whether a text looks like an address or a CIDR network. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  return (
    prefix === undefined || (PREFIX.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
  );
}
