import { Inject, Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Client, ClientConfig } from 'pg';
import { DatabaseClock, monotonicMs } from '../clock';
import { LOGGER, Logger } from '../logging';

/** Things that processes remember and that can change under them. */
export type Topic =
  | 'app'
  | 'seller-blacklist'
  | 'license'
  | 'user'
  | 'session'
  | 'audit'
  | 'outbox'
  | 'webhook'
  | 'everything';
export type ChangeListener = (topic: Topic, id: string) => void;

export const CHANGE_FEED_CONNECTION = Symbol('connection of the change feed');

const EVERYTHING = 'everything:';
const MAX_RECENT = 10_000;
const PING_EVERY_MS = 80;
/** A memory is trusted only this long after the feed last proved that it is alive. */
const TRUST_MS = 250;
const SILENCE_MS = 2_000;
const RECONNECT_MS = 200;

/**
 * Hears from every process what changed (LISTEN/NOTIFY), so that memories can be dropped.
 *
 * The connection is probed every 80 ms. An answer proves that every notification committed before
 * the probe was sent has been delivered, for both travel the same stream. A memory may be used
 * only while such a proof is at most 250 ms old; a dead or stalled feed thus turns memories off by
 * itself. The probe also reads the database's clock.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  static readonly CHANNEL = 'latchkey_changes';

  private readonly listeners = new Set<ChangeListener>();
  private client: Client | null = null;
  private provenAt = -Infinity;
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  private generation = 0;
  /** Recent changes, each with the generation it made. */
  private readonly recent = new Map<string, number>();
  /** Marks older than this cannot be judged any more. */
  private oldestMark = 0;

  constructor(
    @Inject(CHANGE_FEED_CONNECTION) private readonly connection: ClientConfig | null,
    private readonly clock: DatabaseClock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.connection) await this.connect(this.connection);
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  /** Whether what this process remembers may be used right now. */
  isTrusted(): boolean {
    return monotonicMs() - this.provenAt <= TRUST_MS;
  }

  /** The point in the stream of changes at which reading something begins; see `changedSince`. */
  mark(): number {
    return this.generation;
  }

  /**
   * Whether one of the things (`topic:id`) changed since `mark`. Then what was read since may be
   * from before that change, which was already told: it may be used, but not remembered.
   */
  changedSince(mark: number, things: readonly string[]): boolean {
    if (mark < this.oldestMark) return true;
    return things.some((thing) => (this.recent.get(thing) ?? 0) > mark);
  }

  /** `listener` is called for each change of any process, this one included. */
  subscribe(listener: ChangeListener): void {
    this.listeners.add(listener);
  }

  /** Takes one change: `topic:id`. */
  deliver(change: string): void {
    this.recent.set(change, ++this.generation);
    if (this.recent.size > MAX_RECENT || change === EVERYTHING) {
      this.recent.clear();
      this.oldestMark = this.generation;
    }
    const colon = change.indexOf(':');
    const topic = change.slice(0, colon) as Topic;
    const id = change.slice(colon + 1);
    for (const listener of this.listeners) listener(topic, id);
  }

  /**
   * Resolves when no process can still act on what it remembered before now: each has either
   * heard of the change or lost trust in its feed.
   */
  settled(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, TRUST_MS + PING_EVERY_MS));
  }

  private async connect(connection: ClientConfig): Promise<void> {
    const client = new Client({
      ...connection,
      application_name: 'latchkey-changes',
      connectionTimeoutMillis: SILENCE_MS,
      query_timeout: SILENCE_MS,
    });
    client.on('notification', (message) => {
      if (message.payload) this.deliver(message.payload);
    });
    client.on('error', (error) => this.lost(client, error));
    try {
      await client.connect();
      await client.query(`LISTEN ${ChangeFeed.CHANNEL}`);
      // Whatever was announced while nobody listened is unknown: forget everything.
      this.deliver(EVERYTHING);
      this.client = client;
      await this.probe(client);
    } catch (error) {
      this.lost(client, error);
    }
  }

  private async probe(client: Client): Promise<void> {
    const sentAt = monotonicMs();
    const answer = await client.query<{ ms: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    );
    this.clock.observe(answer.rows[0]!.ms, sentAt, monotonicMs());
    this.provenAt = sentAt;
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.probe(client).catch((error: unknown) => this.lost(client, error));
    }, PING_EVERY_MS);
    this.timer.unref();
  }

  private lost(client: Client, error: unknown): void {
    client.removeAllListeners('notification');
    client.end().catch(() => undefined);
    if (this.closed || (this.client !== client && this.client !== null)) return;
    if (this.client) this.logger.warn({ err: error }, 'change feed lost, reading the database');
    this.client = null;
    this.provenAt = -Infinity;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(this.connection!), RECONNECT_MS);
    this.timer.unref();
  }
}
