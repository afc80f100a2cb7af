import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../platform/clock';
import { keyIdOf, KeyRing, rootOver, SigningKey } from '../../platform/crypto';
import { AuditTree } from './audit-tree';
import { Checkpoint, CheckpointsRepository } from './checkpoints.repository';
import { checkpointText } from './domain/leaf';

/** Two processes that sign every minute shall not sign twice a minute. */
const NOT_WITHIN_MS = 50_000;

/** Signed statements of the tree: what was signed once cannot be taken back unseen. */
@Injectable()
export class Checkpoints {
  readonly key: SigningKey;

  constructor(
    keys: KeyRing,
    private readonly tree: AuditTree,
    private readonly rows: CheckpointsRepository,
    private readonly clock: DatabaseClock,
  ) {
    this.key = keys.signer('audit-checkpoint');
  }

  /** The last one; before the first, one of the empty tree, which every tree adds to. */
  async latest(): Promise<Checkpoint> {
    return (await this.rows.latest()) ?? this.sign(0, rootOver([]));
  }

  /** Signs the tree if it grew since the last time, and that is a minute ago; tells whether. */
  async issueIfDue(): Promise<boolean> {
    const last = await this.rows.latest();
    const dueAt = last ? last.issuedAt.getTime() + NOT_WITHIN_MS : 0;
    return this.clock.nowMs() >= dueAt && this.issue(last?.size ?? 0);
  }

  /** Signs the tree as it is; false when it has no more leaves than `known`. */
  async issue(known = 0): Promise<boolean> {
    const tree = await this.tree.grown();
    if (tree.size <= known) return false;
    return this.rows.insert(this.sign(tree.size, tree.root));
  }

  private sign(size: number, root: Buffer): Checkpoint {
    const issuedAt = new Date(this.clock.nowMs());
    const text = checkpointText(size, root.toString('hex'), issuedAt.toISOString());
    const keyId = keyIdOf(this.key.publicKey);
    return { size, root, issuedAt, keyId, signature: this.key.sign(text) };
  }
}
