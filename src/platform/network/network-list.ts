import { createReadStream } from 'node:fs';
import { IpAddress, NetworkTextError, parseNetwork } from './address';
import { RangeList, RangeListBuilder } from './range-list';

/** Small pieces, so that reading a long list never holds a request up. */
const PIECE_BYTES = 16_384;
const LINE_MAX = 256;
const PROBLEMS_MAX = 10;

/** A file that is no list of networks. The message names the first ten bad lines. */
export class NetworkListError extends Error {
  constructor(path: string, problems: readonly string[]) {
    super(
      `${path} is not a list of networks:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.name = 'NetworkListError';
  }
}

/** Networks of both versions. */
export class NetworkList {
  constructor(
    private readonly ipv4: RangeList,
    private readonly ipv6: RangeList,
  ) {}

  /** Ranges after merging. */
  get size(): number {
    return this.ipv4.size + this.ipv6.size;
  }

  has(address: IpAddress): boolean {
    return (address.length === 1 ? this.ipv4 : this.ipv6).has(address);
  }
}

/**
 * Reads a list: an address or a CIDR network a line, `#` begins a comment, empty lines are skipped.
 * A list of nothing is refused too: it would let everybody pass.
 * @throws NetworkListError; the file system's error when it cannot be read
 */
export async function readNetworkList(path: string): Promise<NetworkList> {
  const reader = new LineReader(path);
  let rest = '';
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: PIECE_BYTES });
  for await (const piece of stream as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) reader.take(line);
    if (rest.length > LINE_MAX) reader.take(rest);
  }
  reader.take(rest);
  return reader.end();
}

class LineReader {
  private readonly builders = [new RangeListBuilder(1), new RangeListBuilder(4)] as const;
  private readonly problems: string[] = [];
  private line = 0;
  private networks = 0;

  constructor(private readonly path: string) {}

  take(line: string): void {
    this.line++;
    if (line.length > LINE_MAX) return this.complain(`is longer than ${LINE_MAX} characters`, true);
    // A byte order mark is white space to `trim`.
    const text = line.split('#', 1)[0]!.trim();
    if (text === '') return;
    try {
      const network = parseNetwork(text);
      this.builders[network.first.length === 1 ? 0 : 1].add(network);
      this.networks++;
    } catch (error) {
      if (!(error instanceof NetworkTextError)) throw error;
      this.complain(`${JSON.stringify(text.slice(0, 64))} ${error.message}`);
    }
  }

  async end(): Promise<NetworkList> {
    if (this.problems.length > 0) throw new NetworkListError(this.path, this.problems);
    if (this.networks === 0) throw new NetworkListError(this.path, ['it names no network at all']);
    const [ipv4, ipv6] = this.builders;
    return new NetworkList(await ipv4.build(), await ipv6.build());
  }

  /** Reading ends with the tenth bad line, or when the rest cannot be told apart. */
  private complain(problem: string, final = false): void {
    this.problems.push(`line ${this.line}: ${problem}`);
    if (final || this.problems.length === PROBLEMS_MAX) {
      throw new NetworkListError(this.path, this.problems);
    }
  }
}
