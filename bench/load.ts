import { connect, Socket } from 'node:net';

/** What to send: request bodies for `POST /v1`, taken in turn. */
export interface LoadOrder {
  readonly port: number;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; absent sends each as soon as the last was answered. */
  readonly ratePerSecond?: number;
  /**
   * Whether the generator keeps its core awake. To wake a sleeping core costs the one that sends more than the answer
   * itself, and only a server too slow to keep the generator busy would pay for it: two servers that are compared must
   * both meet one that is awake. Wrong where what is measured needs that core.
   */
  readonly awake?: boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * A lean load generator on raw sockets, so that it is not what is measured. Runs in a process of
 * its own: the order comes as a message, the result goes back as one.
 */
class Load {
  private readonly requests: Buffer[];
  private readonly latencies: number[] = [];
  private next = 0;
  private failures = 0;

  constructor(private readonly order: LoadOrder) {
    this.requests = order.bodies.map((body) =>
      Buffer.from(
        `POST /v1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      ),
    );
  }

  async run(): Promise<LoadResult> {
    const { connections, seconds, awake } = this.order;
    const started = performance.now();
    const end = started + seconds * 1_000;
    if (awake) stayAwake(end);
    await Promise.all(Array.from({ length: connections }, (_, n) => this.client(n, started, end)));
    const elapsed = (performance.now() - started) / 1_000;
    const sorted = Float64Array.from(this.latencies).sort();
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;
    const { failures } = this;
    const requests = sorted.length;
    return { requests, failures, perSecond: requests / elapsed, p50: at(0.5), p99: at(0.99) };
  }

  private client(index: number, started: number, end: number): Promise<void> {
    const { port, connections, ratePerSecond } = this.order;
    const gapMs = ratePerSecond ? (1_000 * connections) / ratePerSecond : 0;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => resolve());
      let sentAt = 0;
      let due = started + (gapMs / connections) * index;
      const sendNow = () => {
        sentAt = performance.now();
        socket.write(this.requests[this.next++ % this.requests.length]!);
      };
      const proceed = () => {
        const now = performance.now();
        if (now >= end) return void socket.end();
        if (!gapMs) return sendNow();
        due = Math.max(due + gapMs, now);
        setTimeout(sendNow, due - now);
      };
      readAnswers(socket, (ok) => {
        this.latencies.push(performance.now() - sentAt);
        if (!ok) this.failures++;
        proceed();
      });
      socket.on('connect', proceed);
    });
  }
}

/** Looks for answers without ever sleeping, until `end`. */
function stayAwake(end: number): void {
  if (performance.now() < end) setImmediate(stayAwake, end);
}

/** Calls `done` once for each whole answer on the socket. */
function readAnswers(socket: Socket, done: (ok: boolean) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const head = pending.indexOf(HEADER_END);
    if (head === -1) return;
    const header = pending.toString('latin1', 0, head);
    const length = Number(/content-length: (\d+)/i.exec(header)?.[1]);
    if (pending.length < head + 4 + length) return;
    pending = pending.subarray(head + 4 + length);
    done(header.startsWith('HTTP/1.1 200'));
  });
}

process.on('message', (order: LoadOrder) => {
  void new Load(order).run().then((result) => {
    process.send!(result, () => process.exit());
  });
});
