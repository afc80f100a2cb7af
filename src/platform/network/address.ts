import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** An address as 32-bit words, the highest first: one for IPv4, four for IPv6. */
export type IpAddress = readonly number[];

/** All addresses that share the first `prefix` bits; a single address is a network of one. */
export interface IpNetwork {
  readonly first: IpAddress;
  readonly prefix: number;
  /** One spelling for each network: RFC 5952, and a single address without its prefix. */
  readonly text: string;
}

/** Why a text names no network, in words for whoever wrote it. The only error of this parser. */
export class NetworkTextError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NetworkTextError';
  }
}

const PREFIX = /^(0|[1-9]\d{0,2})$/;
const DOTTED_TAIL = /\d+\.\d+\.\d+\.\d+$/;
const MAPPED_BITS = 96;

/**
 * The address a text names, or null. An IPv4 address inside an IPv6 one (`::ffff:1.2.3.4`) is the
 * IPv4 address; a zone (`%eth0`) says nothing to anybody but this machine and is left out.
 */
export function parseAddress(text: string): IpAddress | null {
  const words = exactWords(text);
  return words && unmapped(words);
}

/**
 * The network a text names: an address, or an address and the length of a prefix.
 * @throws NetworkTextError, naming the network meant when bits behind the prefix are set
 */
export function parseNetwork(text: string): IpNetwork {
  const slash = text.lastIndexOf('/');
  const words = exactWords(slash === -1 ? text : text.slice(0, slash));
  if (!words) throw new NetworkTextError('must be an IPv4 or IPv6 address or a CIDR network');
  const size = 32 * words.length;
  const length = slash === -1 ? String(size) : text.slice(slash + 1);
  if (!PREFIX.test(length) || Number(length) > size) {
    throw new NetworkTextError(`must have a prefix length from 0 to ${size} after the slash`);
  }
  const prefix = Number(length);
  const first = masked(words, prefix);
  if (first.some((word, index) => word !== words[index])) {
    throw new NetworkTextError(
      `has bits set behind the prefix; the network is ${networkText(first, prefix)}`,
    );
  }
  const inside = prefix >= MAPPED_BITS ? unmapped(first) : first;
  const bits = inside === first ? prefix : prefix - MAPPED_BITS;
  return { first: inside, prefix: bits, text: networkText(inside, bits) };
}

/** The one spelling of an address. */
export function addressText(words: IpAddress): string {
  const halves = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  if (words.length > 1) return new ipaddr.IPv6(halves).toRFC5952String();
  return halves.flatMap((half) => [half >>> 8, half & 0xff]).join('.');
}

/** The address with every bit behind the prefix cleared. */
export function masked(words: IpAddress, prefix: number): IpAddress {
  return words.map((word, index) => maskedWord(word, prefix - 32 * index));
}

/** A word with only its first `bits` bits left; none when `bits` is negative. */
export function maskedWord(word: number, bits: number): number {
  if (bits >= 32) return word;
  return bits <= 0 ? 0 : (word & (0xffffffff << (32 - bits))) >>> 0;
}

function networkText(first: IpAddress, prefix: number): string {
  const address = addressText(first);
  return prefix === 32 * first.length ? address : `${address}/${prefix}`;
}

/** As written: an IPv4 address inside an IPv6 one stays inside. Stricter than the library alone. */
function exactWords(text: string): IpAddress | null {
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  const version = isIP(bare);
  if (version === 4) return [dottedWord(bare)];
  if (version === 0) return null;
  const { parts } = ipaddr.IPv6.parse(bare.replace(DOTTED_TAIL, halvesOf));
  return [0, 2, 4, 6].map((index) => ((parts[index]! << 16) | parts[index + 1]!) >>> 0);
}

/** The text is known to be an IPv4 address; Node's check is strict, so this needs no other. */
function dottedWord(text: string): number {
  return text.split('.').reduce((word, octet) => ((word << 8) | Number(octet)) >>> 0, 0);
}

/** The library would read `::1.2.3.4` as `::ffff:1.2.3.4`; in hexadecimal it cannot. */
function halvesOf(dotted: string): string {
  const word = dottedWord(dotted);
  return `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
}

function unmapped(words: IpAddress): IpAddress {
  const [a, b, c, d] = words;
  return a === 0 && b === 0 && c === 0xffff ? [d!] : words;
}
