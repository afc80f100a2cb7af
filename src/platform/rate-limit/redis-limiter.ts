import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import Redis from 'ioredis';
import { monotonicMs } from '../clock';
import { KeyRing, newId } from '../crypto';
import type { Logger } from '../logging';
import { MemoryLimiter } from './memory-limiter';
import { Hit, RateLimiter, Reservation } from './rate-limiter';

/** A request waits no longer than this for the store; then this process counts alone. */
const ANSWER_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 1_000;
const RECONNECT_MS = 500;
/** A store that failed is asked again after this, by one request. */
const REST_MS = 1_000;

/** The number of hits in the window under way, and the milliseconds until it ends. */
const HIT = `
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }`;

/** Takes a place (ARGV[3]) and gives 0, or gives the milliseconds until one is free. */
const RESERVE = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  if redis.call('ZCARD', KEYS[1]) >= limit then
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    return math.max(1, tonumber(oldest[2]) + window - now)
  end
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0`;

interface Scripts {
  limiterHit(key: string, windowMs: number): Promise<[count: number, ttlMs: number]>;
  limiterReserve(key: string, limit: number, windowMs: number, place: string): Promise<number>;
}

function open(url: string): Redis & Scripts {
  const redis = new Redis(url, {
    connectionName: 'latchkey',
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    // A command that was cut off may have counted already.
    autoResendUnfulfilledCommands: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => RECONNECT_MS,
  });
  redis.defineCommand('limiterHit', { numberOfKeys: 1, lua: HIT });
  redis.defineCommand('limiterReserve', { numberOfKeys: 1, lua: RESERVE });
  return redis as Redis & Scripts;
}

/**
 * The limiter in a Redis that all processes share. Each process also keeps its own count, with the
 * same limits: while the store cannot be reached that count decides alone, so nothing fails open
 * and nothing becomes a 5xx. What the own count refuses does not reach the store.
 */
export class RedisLimiter
  extends RateLimiter
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly own = new MemoryLimiter();
  private readonly redis: Redis & Scripts;
  private lost = false;
  private restUntil = 0;
  private closed = false;

  constructor(
    url: string,
    private readonly keys: KeyRing,
    private readonly logger: Logger,
  ) {
    super();
    this.redis = open(url);
    // Without a listener ioredis prints; every failure is heard below.
    this.redis.on('error', () => undefined);
    this.redis.on('close', () => this.lose());
    this.redis.on('ready', () => this.find());
  }

  /** Connects. A store that is away delays nothing but this: it is looked for again and again. */
  async onApplicationBootstrap(): Promise<void> {
    await this.redis.connect().catch((error: unknown) => this.lose(error));
  }

  onApplicationShutdown(): void {
    this.closed = true;
    this.redis.disconnect();
  }

  override async hit(key: string, limit: number, windowMs: number): Promise<Hit> {
    const own = this.own.hit(key, limit, windowMs);
    if (!own.allowed) return own;
    return this.ask(own, async () => {
      const [count, ttlMs] = await this.redis.limiterHit(this.nameOf(key), windowMs);
      return { allowed: count <= limit, count, retryAfterSeconds: Math.ceil(ttlMs / 1_000) };
    });
  }

  override async reserve(key: string, limit: number, windowMs: number): Promise<Reservation> {
    const place = newId();
    const own = this.own.reserve(key, limit, windowMs, place);
    if (own.place === null) return own;
    const waitMs = await this.ask(0, () =>
      this.redis.limiterReserve(this.nameOf(key), limit, windowMs, place),
    );
    if (waitMs === 0) return own;
    this.own.giveBack(key, place);
    return { place: null, retryAfterSeconds: Math.ceil(waitMs / 1_000) };
  }

  override async giveBack(key: string, place: string): Promise<void> {
    this.own.giveBack(key, place);
    await this.ask(0, () => this.redis.zrem(this.nameOf(key), place));
  }

  /** The store's answer, or `otherwise` while it has none. */
  private async ask<T>(otherwise: T, question: () => Promise<T>): Promise<T> {
    if (this.lost) {
      if (monotonicMs() < this.restUntil) return otherwise;
      this.restUntil = monotonicMs() + REST_MS;
    }
    try {
      const answer = await timely(question());
      this.find();
      return answer;
    } catch (error) {
      this.lose(error);
      return otherwise;
    }
  }

  private lose(error?: unknown): void {
    this.restUntil = monotonicMs() + REST_MS;
    if (this.lost || this.closed) return;
    this.lost = true;
    this.logger.warn({ err: error }, 'rate limit store lost, each process counts alone');
  }

  private find(): void {
    if (!this.lost) return;
    this.lost = false;
    this.logger.info('rate limit store is back');
  }

  /** Keys name client addresses, so the store, which others may read, gets a keyed hash. */
  private nameOf(key: string): string {
    return `latchkey:${this.keys.mac('limiter-key', key).toString('base64url')}`;
  }
}

/**
 * Gives up on a silent store. Under a flood this process itself may be the one that is late: then
 * the answer waits in the socket when the time is up, so the socket is read once more. (The
 * timeout of ioredis does not, and a flood would have looked like a lost store.)
 */
function timely<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`no answer in ${ANSWER_TIMEOUT_MS} ms`));
    const timer = setTimeout(() => setImmediate(giveUp), ANSWER_TIMEOUT_MS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
