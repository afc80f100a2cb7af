/** Where a client says that it runs [doc 003]: a host, or a host and the port of its server. */
export interface DeclaredAddress {
  /** One spelling for each address, by which it is bound. */
  readonly text: string;
  /** The host, when it is an IP address; blacklists and network lists judge that. */
  readonly ip: string | null;
}

/** The one spelling of an IP address, or null for what is none. */
export type ReadIp = (text: string) => string | null;

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const PORT = /^[1-9]\d{0,4}$/;
const PORT_MAX = 65_535;

/**
 * Reads `host`, `host:port`, an IPv6 address, or one in brackets with a port. The host is an IP
 * address or a host name; null for anything else.
 */
export function parseDeclaredAddress(text: string, readIp: ReadIp): DeclaredAddress | null {
  const bare = hostOf(text, readIp);
  if (bare) return bare;
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  if (colon === -1 || !PORT.test(port) || Number(port) > PORT_MAX) return null;
  const host = text.slice(0, colon);
  const inside = /^\[(.*)\]$/.exec(host)?.[1];
  // Without brackets nobody could tell the port from the last group.
  if (inside === undefined && host.includes(':')) return null;
  const read = inside === undefined ? hostOf(host, readIp) : bracketed(inside, readIp);
  return (
    read && { text: `${inside === undefined ? read.text : `[${read.text}]`}:${port}`, ip: read.ip }
  );
}

function hostOf(text: string, readIp: ReadIp): DeclaredAddress | null {
  const inside = /^\[(.*)\]$/.exec(text)?.[1];
  if (inside !== undefined) return bracketed(inside, readIp);
  const ip = readIp(text);
  if (ip) return { text: ip, ip };
  const name = text.toLowerCase();
  // Digits and dots that are no address are a slip, not a name.
  return HOST_NAME.test(name) && !/^[\d.]+$/.test(name) ? { text: name, ip: null } : null;
}

function bracketed(inside: string, readIp: ReadIp): DeclaredAddress | null {
  const ip = inside.includes(':') ? readIp(inside) : null;
  return ip ? { text: ip, ip } : null;
}
