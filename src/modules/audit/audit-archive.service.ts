import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { Transactions } from '../../platform/database';
import { AuditTrail } from './audit-trail';
import { AuditTreeRepository } from './audit-tree.repository';
import { dumpLine } from './verify/dump';

/** Leaves read at once. */
const STEP = 5_000;

/** What an operator does with the record as a whole. */
@Injectable()
export class AuditArchive {
  constructor(
    private readonly transactions: Transactions,
    private readonly trail: AuditTrail,
    private readonly rows: AuditTreeRepository,
  ) {}

  /** Every leaf with its record, a line each, as `audit verify` reads them. */
  async *dump(): AsyncGenerator<string> {
    const size = await this.rows.size();
    for (let from = 0; from < size; from += STEP) {
      const records = await this.rows.sealed(from, Math.min(from + STEP, size));
      yield records.map((record) => `${dumpLine(record)}\n`).join('');
    }
  }

  /**
   * Erases the personal fields of what a person did and of what was done to them; returns in how
   * many records. The tree and its proofs stay as they are. The erasure has its own record, which
   * is committed first: an erased leaf names it.
   */
  async erase(sellerId: string, personId: string, origin: Origin): Promise<number> {
    const erasureId = await this.transactions.run(() =>
      Promise.resolve(
        this.trail.record({
          sellerId,
          actor: { kind: 'operator' },
          action: 'audit.erase',
          target: { kind: 'person', id: personId },
          origin,
          severity: 'warning',
        }),
      ),
    );
    return this.rows.erase(sellerId, personId, erasureId);
  }
}
