import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { Transactions } from '../../platform/database';
import { AuditSequencer } from './audit-sequencer';
import { AuditTrail } from './audit-trail';
import { AuditTreeRepository } from './audit-tree.repository';
import { CheckpointFile } from './checkpoint-file';
import { Checkpoints } from './checkpoints';
import { dumpLine } from './verify/dump';

/** Leaves read at once. */
const STEP = 5_000;

/** What an operator does with the record as a whole. */
@Injectable()
export class AuditArchive {
  constructor(
    private readonly transactions: Transactions,
    private readonly trail: AuditTrail,
    private readonly sequencer: AuditSequencer,
    private readonly rows: AuditTreeRepository,
    private readonly checkpoints: Checkpoints,
    private readonly file: CheckpointFile,
  ) {}

  /** Every leaf with its record, a line each, as `audit verify` reads them. */
  async *dump(): AsyncGenerator<string> {
    // What is erased meanwhile is erased by a record at the end, which must be in the dump too.
    for (let from = 0; from < (await this.rows.size()); from += STEP) {
      const records = await this.rows.sealed(from, from + STEP);
      yield records.map((record) => `${dumpLine(record)}\n`).join('');
    }
  }

  /**
   * Erases the personal fields of what a person did and of what was done to them; returns in how
   * many records. The tree and its proofs stay as they are. The erasure has its own record, which
   * is a leaf first: an erased leaf names it, and it reaches the leaves before.
   */
  async erase(sellerId: string, personId: string, origin: Origin): Promise<number> {
    await this.sequencer.takeAllIn();
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
    await this.sequencer.takeAllIn();
    return this.rows.erase(sellerId, personId, erasureId);
  }

  /** Signs the tree as it is and exports it to the file; the job does so each minute. */
  async export(): Promise<void> {
    await this.checkpoints.issue();
    await this.file.write();
  }
}
