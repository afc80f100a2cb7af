import { isIPv4 } from 'node:net';

/** A MaxMind database of a few networks, written from the description of the format (version 2). */
export function mmdb(entries: readonly (readonly [network: string, value: object])[]): Buffer {
  const nodes: [number | null, number | null][] = [[null, null]];
  const data: Buffer[] = [];
  const leaves: { node: number; side: 0 | 1; offset: number }[] = [];
  for (const [network, value] of entries) {
    const offset = data.reduce((sum, part) => sum + part.length, 0);
    data.push(encoded(value));
    const bits = bitsOf(network);
    let node = 0;
    for (const side of bits.slice(0, -1)) {
      if (nodes[node]![side] === null) nodes[node]![side] = nodes.push([null, null]) - 1;
      node = nodes[node]![side]!;
    }
    leaves.push({ node, side: bits.at(-1)!, offset });
  }
  const none = nodes.length;
  const records = nodes.map(([left, right]) => [left ?? none, right ?? none]);
  for (const { node, side, offset } of leaves) records[node]![side] = none + 16 + offset;
  const tree = Buffer.alloc(6 * none);
  records.forEach(([left, right], node) => {
    tree.writeUIntBE(left!, 6 * node, 3);
    tree.writeUIntBE(right!, 6 * node + 3, 3);
  });
  const metadata = {
    node_count: none,
    record_size: 24,
    ip_version: 6,
    database_type: 'Test',
    languages: [],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    description: {},
  };
  const marker = Buffer.concat([Buffer.from('abcdef', 'hex'), Buffer.from('MaxMind.com')]);
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, encoded(metadata)]);
}

/** An IPv4 network is written as the last 32 bits; IPv6 only as `xxxx:xxxx::/n`. */
function bitsOf(network: string): (0 | 1)[] {
  const [address, length] = network.split('/') as [string, string];
  const octets = isIPv4(address)
    ? [...Array<number>(12).fill(0), ...address.split('.').map(Number)]
    : Buffer.from(address.replace(/[:]/g, '').padEnd(32, '0'), 'hex');
  const bits = [...octets].flatMap((octet) =>
    Array.from({ length: 8 }, (_, bit) => ((octet >> (7 - bit)) & 1) as 0 | 1),
  );
  return bits.slice(0, Number(length) + (isIPv4(address) ? 96 : 0));
}

function encoded(value: unknown): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([Buffer.from([(2 << 5) | text.length]), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.from([(6 << 5) | 4]), bytes]);
  }
  if (Array.isArray(value)) return Buffer.from([value.length, 4]);
  const pairs = Object.entries(value as object);
  const parts = pairs.flatMap(([key, item]) => [encoded(key), encoded(item)]);
  return Buffer.concat([Buffer.from([(7 << 5) | pairs.length]), ...parts]);
}
