import { TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { ChangeFeed, Topic } from './change-feed';
import { isRetryable } from './sqlstate';

/** Turns a value into a numbered parameter of the statement being composed. */
export type Bind = (value: unknown) => string;
/** A write whose result nobody reads inside the transaction. */
export type DeferredWrite = (bind: Bind) => string;

interface Scope {
  readonly writes: DeferredWrite[];
  readonly changes: Set<string>;
  readonly after: Set<() => void>;
  settle: boolean;
}

const SCOPE = 'latchkey.transaction';
const MAX_ATTEMPTS = 3;

/**
 * The unit of work of a use case. Writes that nobody reads back (audit records, events, touched
 * timestamps) are collected and sent as one statement right before the commit, together with the
 * notifications that tell every process what changed.
 */
@Injectable()
export class Transactions {
  constructor(
    private readonly host: TransactionHost<TransactionalAdapterTypeOrm>,
    private readonly cls: ClsService,
    private readonly changes: ChangeFeed,
  ) {}

  /**
   * Runs `work` in one transaction, or inside the one already open. A deadlock or serialisation
   * failure repeats the whole of it, three times at most; so `work` may touch nothing but the
   * database. It must be short: no HTTP, no file, no password hashing.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.scope()) return work();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.cls.run(() => this.once(work));
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  }

  /**
   * Adds a write to the statement sent right before the commit. All such writes see the state
   * before any of them, so they must not touch the same row twice.
   */
  defer(write: DeferredWrite): void {
    this.requireScope().writes.push(write);
  }

  /** Tells every process, once committed, that what it remembers of this thing is out of date. */
  announce(topic: Topic, id: string): void {
    this.requireScope().changes.add(`${topic}:${id}`);
  }

  /** Runs `work` once the open transaction has committed, each function once; it may not throw. */
  afterCommit(work: () => void): void {
    this.requireScope().after.add(work);
  }

  /**
   * Lets `run` resolve only when no process can still act on what it remembered before the commit:
   * for changes that must hold everywhere the moment they are acknowledged.
   */
  settleEverywhere(): void {
    this.requireScope().settle = true;
  }

  private async once<T>(work: () => Promise<T>): Promise<T> {
    const scope: Scope = { writes: [], changes: new Set(), after: new Set(), settle: false };
    this.cls.set(SCOPE, scope);
    const result = await this.host.withTransaction(async () => {
      const value = await work();
      await this.flush(scope);
      return value;
    });
    // This process hears of its own changes here and now: before the caller is answered.
    for (const change of scope.changes) this.changes.deliver(change);
    for (const work of scope.after) work();
    if (scope.settle) await this.changes.settled();
    return result;
  }

  private async flush(scope: Scope): Promise<void> {
    if (scope.writes.length === 0 && scope.changes.size === 0) return;
    const values: unknown[] = [];
    const bind: Bind = (value) => `$${values.push(value)}`;
    const parts = scope.writes.map((write, index) => `w${index} AS (${write(bind)})`);
    const topics = bind([...scope.changes]);
    parts.push(
      `n AS (SELECT pg_notify('${ChangeFeed.CHANNEL}', t) FROM unnest(${topics}::text[]) t)`,
    );
    await this.host.tx.query(`WITH ${parts.join(', ')} SELECT count(*) FROM n`, values);
  }

  private scope(): Scope | undefined {
    return this.cls.isActive() ? this.cls.get<Scope | undefined>(SCOPE) : undefined;
  }

  private requireScope(): Scope {
    const scope = this.scope();
    if (!scope) throw new Error('not inside a transaction');
    return scope;
  }
}
