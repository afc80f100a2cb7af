import { DeclaredAddress, parseDeclaredAddress } from '../../kernel';
import { addressText, parseAddress } from './address';

/** The address a program declares (`host`, `host:port`, IPv6), or null for what is none. */
export function readDeclaredAddress(text: string): DeclaredAddress | null {
  return parseDeclaredAddress(text, (host) => {
    const address = parseAddress(host);
    return address && addressText(address);
  });
}
