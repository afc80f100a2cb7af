import { Injectable } from '@nestjs/common';
import {
  consistencyPath,
  GrowingTree,
  inclusionPath,
  LeafRange,
  NodeAt,
  rootOver,
  subtreesOf,
} from '../../platform/crypto';
import { AuditTreeRepository } from './audit-tree.repository';

/** The stored Merkle tree: its roots and its proofs, each in one query. */
@Injectable()
export class AuditTree {
  constructor(private readonly rows: AuditTreeRepository) {}

  /** The tree as it is now, to be grown. */
  async grown(): Promise<GrowingTree> {
    const size = await this.rows.size();
    return new GrowingTree(size, await this.rows.hashes(subtreesOf({ start: 0, end: size })));
  }

  /** The inclusion proof of a leaf in the tree of the first `size`, from the leaf upwards. */
  inclusion(index: number, size: number): Promise<Buffer[]> {
    return this.roots(inclusionPath(index, size));
  }

  /** The proof that the tree of `size` leaves only adds to that of the first `earlier`. */
  async consistency(earlier: number, size: number): Promise<Buffer[]> {
    return earlier === 0 ? [] : this.roots(consistencyPath(earlier, size));
  }

  private async roots(ranges: readonly LeafRange[]): Promise<Buffer[]> {
    const parts = ranges.map(subtreesOf);
    const hashes = await this.rows.hashes(parts.flat());
    let next = 0;
    return parts.map((nodes: NodeAt[]) => rootOver(hashes.slice(next, (next += nodes.length))));
  }
}
