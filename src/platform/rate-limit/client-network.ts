import { IPv6, parse } from 'ipaddr.js';

/** The first four of eight groups: the part that a provider gives to one customer. */
const NETWORK_GROUPS = 4;

/**
 * What limits take for one client: an IPv4 address, or the /64 of an IPv6 one, for whoever has one
 * address of it has them all. A text that is no address stands for itself.
 */
export function clientNetwork(ip: string): string {
  if (!ip.includes(':')) return ip;
  try {
    const address = parse(ip);
    if (!(address instanceof IPv6)) return ip;
    if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString();
    const groups = address.parts.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
    return `${groups.join(':')}::/64`;
  } catch {
    return ip;
  }
}
