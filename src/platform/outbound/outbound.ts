import { OnApplicationShutdown } from '@nestjs/common';
import { isIP, LookupFunction } from 'node:net';
import { Agent, buildConnector, request } from 'undici';
import { monotonicMs } from '../clock';
import { answerText } from './answer-text';
import type { NameResolver } from './name-resolver';
import { PRIVATE_TARGET, Target, TargetRules } from './target-rules';

/** Why no status came back. `stopped`: the caller gave up, nothing is known of the target. */
export type OutboundFailure =
  | 'refused-target'
  | 'name-not-found'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'broken-answer'
  | 'stopped';

export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds for everything: name, connection, answer; 15 seconds when absent. */
  readonly timeoutMs?: number;
  /** Gives up, such as when the process stops. */
  readonly signal?: AbortSignal;
}

/** What became of a request. There is a status or a failure, never both. */
export interface OutboundResult {
  /** Of the answer; 0 when none came. */
  readonly status: number;
  readonly failure: OutboundFailure | null;
  readonly durationMs: number;
  /** The beginning of the answer, at most 2 KiB. */
  readonly body: string;
  /** Header `Retry-After` as it came. */
  readonly retryAfter: string | null;
}

/** Milliseconds that a request may take in all. */
export const OUTBOUND_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A creation does not wait longer for a name server. */
const VALIDATION_TIMEOUT_MS = 2_000;
const HEADERS_MAX_BYTES = 16_384;
/** Interim answers (1xx) before the real one. */
const INTERIM_MAX = 8;
const KEEP_ALIVE_MS = 4_000;

class RefusedTarget extends Error {}
class UnknownName extends Error {}

/**
 * The one way out of this server: every HTTP request to an address that somebody chose goes through
 * here. A connection is opened only to an address that was checked, in the very look-up that opens
 * it, so a name server that answers differently each time gains nothing. Redirects are not
 * followed, answers are neither decompressed nor read far, and everything ends in time.
 */
export class Outbound implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(
    private readonly rules: TargetRules,
    private readonly resolver: NameResolver,
  ) {
    const lookup: LookupFunction = (name, options, callback) => {
      this.addressesOf(name).then(
        (found) =>
          options.all ? callback(null, found) : callback(null, found[0]!.address, found[0]!.family),
        (error: NodeJS.ErrnoException) => callback(error, []),
      );
    };
    this.agent = new Agent({
      connect: buildConnector({
        lookup,
        timeout: CONNECT_TIMEOUT_MS,
      }),
      maxHeaderSize: HEADERS_MAX_BYTES,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /**
   * Why nothing may be sent to a URL, in words for whoever entered it; null when something may. A
   * name that cannot be found just now is no problem yet: it is looked up again for each connection.
   */
  async validate(url: string): Promise<string | null> {
    const target = this.rules.read(url);
    if ('problem' in target) return target.problem;
    const late = new Promise<null>((resolve) =>
      setTimeout(resolve, VALIDATION_TIMEOUT_MS, null).unref(),
    );
    const refused = await Promise.race([this.addressesOf(target.host), late]).then(
      () => false,
      (error: unknown) => error instanceof RefusedTarget,
    );
    return refused ? PRIVATE_TARGET : null;
  }

  /** The target of a URL, or what is wrong with it; names are not looked up. */
  read(url: string): Target | { readonly problem: string } {
    return this.rules.read(url);
  }

  /** Sends a request and tells what became of it. Never throws. */
  async post(order: OutboundRequest): Promise<OutboundResult> {
    const { url, headers, body, timeoutMs = OUTBOUND_TIMEOUT_MS, signal } = order;
    const startedAt = monotonicMs();
    const end = (outcome: Partial<OutboundResult>): OutboundResult => {
      const durationMs = Math.round(monotonicMs() - startedAt);
      return { status: 0, failure: null, body: '', retryAfter: null, durationMs, ...outcome };
    };
    const target = this.rules.read(url);
    if ('problem' in target) return end({ failure: 'refused-target' });
    const limits = new Limits(timeoutMs, signal);
    try {
      const answer = await request(target.url, {
        dispatcher: this.agent,
        method: 'POST',
        headers,
        body,
        signal: limits.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
        onInfo: () => limits.countInterim(),
      });
      const retryAfter = [answer.headers['retry-after']].flat()[0] ?? null;
      const text = await answerText(answer.body);
      return end({ status: answer.statusCode, body: text, retryAfter });
    } catch (error) {
      return end({ failure: limits.failure ?? failureOf(error) });
    } finally {
      limits.release();
    }
  }

  /** The addresses of a host, every one of them allowed. */
  private async addressesOf(host: string): Promise<{ address: string; family: 4 | 6 }[]> {
    const found = isIP(host) ? Promise.resolve([host]) : this.resolver.resolve(host);
    const addresses = await found.catch((cause: unknown) => {
      throw new UnknownName('the name cannot be found', { cause });
    });
    if (addresses.length === 0) throw new UnknownName('the name has no address');
    if (addresses.some((address) => this.rules.refuses(address))) {
      throw new RefusedTarget('the name leads into a private network');
    }
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}

/** The ends that a request can come to from our side. */
class Limits {
  private readonly abort = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private interim = 0;
  failure: OutboundFailure | null = null;

  constructor(
    timeoutMs: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(() => this.end('timeout'), timeoutMs);
    if (outer?.aborted) this.stop();
    outer?.addEventListener('abort', this.stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  countInterim(): void {
    if (++this.interim > INTERIM_MAX) this.end('broken-answer');
  }

  release(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.stop);
  }

  private readonly stop = (): void => this.end('stopped');

  private end(failure: OutboundFailure): void {
    this.failure ??= failure;
    this.abort.abort();
  }
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);
const TIMED_OUT = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

function failureOf(error: unknown): OutboundFailure {
  if (error instanceof RefusedTarget) return 'refused-target';
  if (error instanceof UnknownName) return 'name-not-found';
  // Several addresses were tried in vain: the reason of the last stands for all.
  const last = error instanceof AggregateError ? (error.errors.at(-1) as unknown) : error;
  const code = (last as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (UNREACHABLE.has(code)) return 'unreachable';
  if (TIMED_OUT.has(code)) return 'timeout';
  return /^(ERR_(TLS|SSL)|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)|CERT|SSL/.test(code)
    ? 'tls'
    : 'broken-answer';
}
