import { isIP } from 'node:net';
import { parseUrl } from '../../kernel';
import { NetworkTable, parseAddress, parseNetwork } from '../network';
import { specialPurpose } from './special-networks';

/** Longest address of a target, in characters. */
export const TARGET_URL_MAX = 2_048;

/** Where a request goes: a URL that keeps the rules as far as the URL alone can tell. */
export interface Target {
  readonly url: URL;
  /** Name or address, without brackets: what is resolved, and what caps are counted by. */
  readonly host: string;
}

export interface TargetSettings {
  /** Ports that may be reached: `443`, or a range `8000-8100`. */
  readonly ports: readonly string[];
  /** Networks that may be reached although they are not public. */
  readonly allowedNetworks: readonly string[];
}

/**
 * What this server may be made to send requests to. A tenant chooses the URL, so everything that
 * is not the public web is refused: other schemes, credentials in the URL, other ports, and every
 * address of a special network (OWASP API7), unless the operator allows the network.
 */
export class TargetRules {
  private readonly ports: readonly (readonly [first: number, last: number])[];
  private readonly allowed = new NetworkTable<true>();

  constructor({ ports, allowedNetworks }: TargetSettings) {
    this.ports = ports.map((text) => {
      const [first, last = first] = text.split('-').map(Number);
      return [first!, last!] as const;
    });
    for (const network of allowedNetworks) this.allowed.set(parseNetwork(network), true);
  }

  /** The target, or what is wrong with the URL, in words. Names are not looked up. */
  read(text: string): Target | { readonly problem: string } {
    const url = text.length > TARGET_URL_MAX ? null : parseUrl(text);
    if (!url) return WRONG.form;
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return WRONG.form;
    if (url.username !== '' || url.password !== '') return WRONG.credentials;
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (!this.ports.some(([first, last]) => first <= port && port <= last)) return WRONG.port;
    // The parser of URLs knows every spelling of an IPv4 address: octal, hexadecimal, one number.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
    if (host === '') return WRONG.form;
    if (isIP(host) !== 0 && this.refuses(host)) return WRONG.address;
    if (url.hostname.endsWith('.')) url.hostname = host;
    return { url, host };
  }

  /** Whether no connection may be opened to an address. */
  refuses(text: string): boolean {
    const address = parseAddress(text);
    if (!address) return true;
    if (this.allowed.find(address, () => true)) return false;
    return specialPurpose(address) !== null;
  }
}

const WRONG = {
  form: { problem: 'must be an http or https address' },
  credentials: { problem: 'must not hold a user name or password' },
  port: { problem: 'must have a port that this server may reach, such as 443' },
  address: { problem: 'must not lead into a private network' },
} as const;

/** The words for a name that leads where it may not. */
export const PRIVATE_TARGET = WRONG.address.problem;
