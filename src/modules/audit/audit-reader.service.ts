import { Injectable } from '@nestjs/common';
import { CommonErrors, Page, PageRequest } from '../../kernel';
import { leafHash } from '../../platform/crypto';
import { AuditTree } from './audit-tree';
import { AuditTreeRepository } from './audit-tree.repository';
import { AuditRecord, AuditRepository, RecordFilter } from './audit.repository';
import { Checkpoints } from './checkpoints';
import type { Checkpoint } from './checkpoints.repository';
import { AuditErrors } from './domain/audit.errors';
import { leafText } from './domain/leaf';

export type { AuditRecord, RecordFilter } from './audit.repository';

/** A signed checkpoint with the key (32 bytes) that verifies it. */
export type SignedCheckpoint = Checkpoint & { readonly publicKey: Buffer };

/** That a record stands in the tree of a checkpoint. */
export interface InclusionProof {
  readonly recordId: string;
  readonly index: number;
  /** The text whose hash (0x00 in front) is the leaf. */
  readonly leaf: string;
  readonly leafHash: Buffer;
  /** Opens the hashes of the personal fields; null once they are erased. */
  readonly salt: Buffer | null;
  readonly path: readonly Buffer[];
  readonly checkpoint: SignedCheckpoint;
}

/** That a tree only adds to an earlier one. */
export interface ConsistencyProof {
  readonly from: number;
  readonly path: readonly Buffer[];
  readonly checkpoint: SignedCheckpoint;
}

/** What sellers may read of the record: their own lines, and proofs that these stand where they stood. */
@Injectable()
export class AuditReader {
  constructor(
    private readonly records: AuditRepository,
    private readonly checkpoints: Checkpoints,
    private readonly tree: AuditTree,
    private readonly leaves: AuditTreeRepository,
  ) {}

  list(sellerId: string, filter: RecordFilter, request: PageRequest): Promise<Page<AuditRecord>> {
    return this.records.list(sellerId, filter, request);
  }

  /** The last checkpoint. */
  async checkpoint(): Promise<SignedCheckpoint> {
    const checkpoint = await this.checkpoints.latest();
    return { ...checkpoint, publicKey: this.checkpoints.key.publicKey };
  }

  /**
   * Proves one of the seller's records against the last checkpoint.
   * @throws AUDIT_RECORD_NOT_FOUND, AUDIT_NOT_COVERED
   */
  async inclusion(sellerId: string, recordId: string): Promise<InclusionProof> {
    const sealed = await this.leaves.sealedRecord(sellerId, recordId);
    const known = sealed ?? (await this.records.exists(sellerId, recordId));
    if (!known) throw AuditErrors.AUDIT_RECORD_NOT_FOUND();
    const checkpoint = await this.checkpoint();
    if (!sealed || sealed.seq >= checkpoint.size) throw AuditErrors.AUDIT_NOT_COVERED();
    const hashes = {
      ip: sealed.ipHash.toString('hex'),
      details: sealed.detailsHash.toString('hex'),
    };
    const leaf = leafText(sealed, hashes);
    return {
      recordId,
      index: sealed.seq,
      leaf,
      leafHash: leafHash(leaf),
      salt: sealed.salt,
      path: await this.tree.inclusion(sealed.seq, checkpoint.size),
      checkpoint,
    };
  }

  /**
   * Proves that the last checkpoint only adds to the tree of the first `from` leaves.
   * @throws INVALID_INPUT when it has fewer
   */
  async consistency(from: number): Promise<ConsistencyProof> {
    const checkpoint = await this.checkpoint();
    if (from > checkpoint.size) {
      const message = `must be at most ${checkpoint.size}, the size of the last checkpoint`;
      const problems = [{ field: 'from', message }];
      throw CommonErrors.INVALID_INPUT({ message: `from: ${message}`, problems });
    }
    return { from, path: await this.tree.consistency(from, checkpoint.size), checkpoint };
  }
}
