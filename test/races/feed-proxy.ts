import { connect, createServer, Server, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Arena, withArena } from './support';

/** How a change feed names itself when it connects; stands in clear in the first packet. */
const FEED = 'latchkey-changes';

interface Line {
  readonly client: Socket;
  readonly upstream: Socket;
}

/**
 * Stands between one server process and the database and lets everything through, but for the
 * connection on which the process hears what others changed: that one can be cut or stalled.
 */
export class FeedProxy {
  private readonly feeds = new Set<Line>();
  private readonly sockets = new Set<Socket>();
  private readonly waiting: { readonly event: string; readonly done: () => void }[] = [];
  private refusing = false;

  private constructor(
    private readonly server: Server,
    /** The connection string for the process behind the proxy. */
    readonly url: string,
  ) {}

  static async before(databaseUrl: string): Promise<FeedProxy> {
    const url = new URL(databaseUrl);
    const folder = url.searchParams.get('host');
    const port = Number(url.port || '5432');
    const target = folder?.startsWith('/')
      ? { path: `${folder}/.s.PGSQL.${port}` }
      : { host: folder ?? url.hostname, port };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new FeedProxy(server, url.toString());
    server.on('connection', (client) => proxy.accept(client, () => connect(target)));
    return proxy;
  }

  /** Ends the feed and lets no new one through; resolves when the process has noticed. */
  async cut(): Promise<void> {
    this.refusing = true;
    const noticed = this.next('refused');
    for (const { client } of this.feeds) client.destroy();
    await noticed;
  }

  /** Holds back everything on the feed, in both directions, and closes nothing. */
  stall(): void {
    for (const { client, upstream } of this.feeds) {
      client.unpipe(upstream).pause();
      upstream.unpipe(client).pause();
    }
  }

  /** Undoes `cut` and `stall`; resolves when the process trusts its feed again. */
  async restore(): Promise<void> {
    this.refusing = false;
    // A second question is asked only when the first answer was taken.
    const proven = this.next('question').then(() => this.next('question'));
    for (const { client, upstream } of this.feeds) join(client, upstream);
    await proven;
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private accept(client: Socket, dial: () => Socket): void {
    this.keep(client);
    client.once('data', (first) => {
      const isFeed = first.includes(FEED);
      if (isFeed && this.refusing) {
        client.destroy();
        return this.happened('refused');
      }
      const upstream = dial();
      this.keep(upstream);
      upstream.write(first);
      join(client, upstream);
      if (isFeed) this.watch({ client, upstream });
    });
  }

  private watch(line: Line): void {
    this.feeds.add(line);
    line.client.on('close', () => this.feeds.delete(line));
    line.client.on('data', () => this.happened('question'));
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  private next(event: string): Promise<void> {
    return new Promise((done) => this.waiting.push({ event, done }));
  }

  private happened(event: string): void {
    for (const one of this.waiting.splice(0)) {
      if (one.event === event) one.done();
      else this.waiting.push(one);
    }
  }
}

function join(client: Socket, upstream: Socket): void {
  client.pipe(upstream);
  upstream.pipe(client);
}

/** Takes the second process's feed away and gives it back. */
export interface FeedSwitch {
  /** What `off` makes of the feed. */
  readonly state: 'up' | 'down' | 'stalled';
  off(): Promise<void>;
  on(): Promise<void>;
}

export const UNTOUCHED: FeedSwitch = {
  state: 'up',
  off: () => Promise.resolve(),
  on: () => Promise.resolve(),
};

/** An arena whose second process can lose its feed. */
export async function withFeed<T>(
  state: 'down' | 'stalled',
  without: string | undefined,
  use: (arena: Arena, feed: FeedSwitch) => Promise<T>,
): Promise<T> {
  let proxy: FeedProxy | undefined;
  const otherDatabaseUrl = async (url: string) => (proxy = await FeedProxy.before(url)).url;
  try {
    return await withArena({ without, otherDatabaseUrl }, (arena) =>
      use(arena, {
        state,
        off: async () => {
          if (state === 'down') await proxy!.cut();
          else proxy!.stall();
        },
        on: () => proxy!.restore(),
      }),
    );
  } finally {
    await proxy?.close();
  }
}
