import { IpAddress, NetworkTable, parseNetwork } from '../network';

/**
 * Every network that is not the public Internet: the special-purpose registries of IANA (RFC 6890
 * and its successors), multicast and reserved space, and what hides an IPv4 address inside an IPv6
 * one. Metadata services lie in these networks, but for the one of Azure.
 */
const SPECIAL: readonly (readonly [network: string, name: string])[] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared address space'],
  ['127.0.0.0/8', 'loopback'],
  ['168.63.129.16', 'metadata service'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'AS112'],
  ['192.52.193.0/24', 'AMT'],
  ['192.88.99.0/24', '6to4 relay'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'AS112'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  // Global unicast is 2000::/3. Around it: ::1, IPv4 inside IPv6, NAT64, discard-only, segment
  // routing, unique local, link-local, site-local and multicast addresses.
  ['::/3', 'special'],
  ['4000::/2', 'reserved'],
  ['8000::/1', 'local or multicast'],
  ['2001::/23', 'protocol assignments'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['2620:4f:8000::/48', 'AS112'],
  ['3fff::/20', 'documentation'],
];

const table = new NetworkTable<string>();
for (const [network, name] of SPECIAL) table.set(parseNetwork(network), name);

/** What the network of an address is for, or null when it is a public address. */
export function specialPurpose(address: IpAddress): string | null {
  return table.find(address, () => true);
}
