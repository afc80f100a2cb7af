import { Injectable } from '@nestjs/common';
import { JobLocks } from '../../platform/background';
import { leafHash, randomSecret } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { AuditTree } from './audit-tree';
import { AuditTreeRepository, NewLeaf, NewNode, WaitingRecord } from './audit-tree.repository';
import { commit, SALT_BYTES } from './commitments';
import { leafText } from './domain/leaf';

/** Records taken in at once: a fraction of a second. */
const BATCH = 1_000;

/** The name of the job, and so of the lock. */
export const TAKE_IN = 'take records into the audit tree';

/**
 * Makes leaves of the records that were committed since. One process at a time does it (the job's
 * lock), so numbers have no gaps: a number is given and its leaf written by the same transaction.
 */
@Injectable()
export class AuditSequencer {
  constructor(
    private readonly transactions: Transactions,
    private readonly locks: JobLocks,
    private readonly tree: AuditTree,
    private readonly rows: AuditTreeRepository,
  ) {}

  /** Takes in all that was committed before, whether or not any process runs the job. */
  async takeAllIn(): Promise<void> {
    let taken: number;
    do {
      taken = await this.transactions.run(async () => {
        await this.locks.take(TAKE_IN);
        return this.takeIn();
      });
    } while (taken === BATCH);
  }

  /** Takes a batch in, inside the transaction of the job; returns how many. */
  async takeIn(): Promise<number> {
    const records = await this.rows.waiting(BATCH);
    if (records.length === 0) return 0;
    const tree = await this.tree.grown();
    const nodes: NewNode[] = [];
    const leaves = records.map((record) => {
      const leaf = newLeaf(record, tree.size);
      tree.append(leaf.leafHash, (node, hash) => nodes.push({ ...node, hash }));
      return leaf;
    });
    await this.rows.append(leaves, nodes);
    for (const sellerId of new Set(records.map((record) => record.sellerId))) {
      this.transactions.announce('audit', sellerId);
    }
    return records.length;
  }
}

function newLeaf(record: WaitingRecord, seq: number): NewLeaf {
  const salt = randomSecret(SALT_BYTES);
  const hashes = commit(salt, record);
  return {
    seq,
    recordId: record.id,
    sellerId: record.sellerId,
    salt,
    ipHash: Buffer.from(hashes.ip, 'hex'),
    detailsHash: Buffer.from(hashes.details, 'hex'),
    leafHash: leafHash(leafText(record, hashes)),
  };
}
