import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Received {
  readonly path: string;
  readonly host: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answering = (received: Received, reply: ServerResponse, request: IncomingMessage) => void;

export interface Receiver {
  readonly port: number;
  /** Everything that arrived, in order. */
  readonly received: Received[];
  /** Connections that were opened. */
  connections(): number;
  /** How it answers from now on; with 204 at first. */
  answer(how: Answering): void;
  /** Its address, at any of the machine's own: 127.0.0.1 unless told otherwise. */
  url(path?: string, host?: string): string;
  /** Resolves when `count` requests have arrived. */
  until(count: number, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** An HTTP server that keeps what it was sent, on every address of this machine. */
export async function startReceiver(host = '0.0.0.0', port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let connections = 0;
  let answering: Answering = (_, reply) => void reply.writeHead(204).end();
  const server: Server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      const one = {
        path: url,
        host: headers.host ?? '',
        headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      answering(one, reply, request);
      waiting.filter(({ count }) => count <= received.length).forEach(({ resolve }) => resolve());
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const actual = (server.address() as AddressInfo).port;
  return {
    port: actual,
    received,
    connections: () => connections,
    answer: (how) => (answering = how),
    url: (path = '/hook', at = '127.0.0.1') => `http://${at}:${actual}${path}`,
    until: (count, timeoutMs = 20_000) =>
      new Promise((resolve, reject) => {
        if (received.length >= count) return resolve();
        const late = setTimeout(
          () => reject(new Error(`${received.length} of ${count} requests arrived`)),
          timeoutMs,
        );
        waiting.push({ count, resolve: () => (clearTimeout(late), resolve()) });
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
