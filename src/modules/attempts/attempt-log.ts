import { Injectable } from '@nestjs/common';
import { maskKey, normalizeKey, Page, PageRequest } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import { KeyRing } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { AttemptQueue } from './attempt-queue';
import { AttemptsRepository, KeptKey } from './attempts.repository';
import type { Attempt, AttemptFilter, DayOfAttempts } from './domain/attempt';
import type { AuthAttemptEntity } from './entities/auth-attempt.entity';

/** An attempt as it was kept. */
export type StoredAttempt = AuthAttemptEntity;

/** Every try of a client to get in, with what came of it, for as many days as the operator keeps. */
@Injectable()
export class AttemptLog {
  constructor(
    private readonly transactions: Transactions,
    private readonly attempts: AttemptsRepository,
    private readonly keys: KeyRing,
    private readonly queue: AttemptQueue,
    private readonly clock: DatabaseClock,
  ) {}

  /** Keeps the attempt with the commit of the open transaction. */
  record(attempt: Attempt): void {
    const { sellerId, licenseKey } = attempt;
    this.transactions.defer(
      this.attempts.keeping(attempt, licenseKey ? this.kept(sellerId, licenseKey) : null),
    );
  }

  /** Keeps the attempt a moment later, outside any transaction: for refusals that change nothing. */
  recordLater(attempt: Attempt): void {
    const { sellerId, licenseKey } = attempt;
    const key = licenseKey ? this.kept(sellerId, licenseKey) : null;
    this.queue.add({ attempt, key, at: new Date(this.clock.nowMs()) });
  }

  list(
    sellerId: string,
    { licenseKey, ...filter }: AttemptFilter,
    request: PageRequest,
  ): Promise<Page<StoredAttempt>> {
    const keyHash = licenseKey === undefined ? undefined : this.kept(sellerId, licenseKey).hash;
    return this.attempts.list(sellerId, { ...filter, keyHash }, request);
  }

  /** What came to an application by a wire on each of the last `days` days (1 is today alone), by UTC. */
  perDay(appId: string, wire: string, days: number): Promise<DayOfAttempts[]> {
    return this.attempts.perDay(appId, wire, days);
  }

  private kept(sellerId: string, licenseKey: string): KeptKey {
    const key = normalizeKey(licenseKey);
    return { hash: this.keys.mac('attempted-key', sellerId, key), masked: maskKey(key) };
  }
}
