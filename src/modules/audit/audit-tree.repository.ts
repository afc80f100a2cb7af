import { Injectable } from '@nestjs/common';
import { NodeAt } from '../../platform/crypto';
import { Repository } from '../../platform/database';
import type { LeafRecord, PersonalFields } from './domain/leaf';

/** A record as the tree takes it in. */
export type WaitingRecord = LeafRecord & PersonalFields;

export interface NewLeaf {
  readonly seq: number;
  readonly recordId: string;
  readonly sellerId: string;
  readonly salt: Buffer;
  readonly ipHash: Buffer;
  readonly detailsHash: Buffer;
  readonly leafHash: Buffer;
}

export interface NewNode extends NodeAt {
  readonly hash: Buffer;
}

/** A leaf with its record, as it is dumped and proved. */
export interface SealedRecord extends WaitingRecord {
  readonly seq: number;
  readonly salt: Buffer | null;
  readonly ipHash: Buffer;
  readonly detailsHash: Buffer;
  readonly leafHash: Buffer;
  readonly erasedBy: string | null;
}

/** The columns of a record `r`, as its leaf says them. */
const RECORD = `r.id, to_char(r.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  r.seller_id, r.app_id, r.actor_kind, r.actor_id, r.action, r.target_kind, r.target_id, r.outcome,
  r.severity, r.request_id, r.ip, r.details::text AS details`;

const SEALED = `l.seq, l.salt, l.ip_hash, l.details_hash, l.leaf_hash, l.erased_by, ${RECORD}`;

@Injectable()
export class AuditTreeRepository extends Repository {
  /** Records that are no leaves yet, the oldest first as their ids go. */
  waiting(limit: number): Promise<WaitingRecord[]> {
    return this.rows(
      `SELECT ${RECORD} FROM audit_pending p JOIN audit_records r ON r.id = p.record_id
        ORDER BY p.record_id LIMIT $1`,
      [limit],
    );
  }

  /** The number of leaves. */
  async size(): Promise<number> {
    const row = await this.one<{ size: string }>(
      'SELECT coalesce(max(seq) + 1, 0) AS size FROM audit_leaves',
    );
    return Number(row!.size);
  }

  /** The hashes of complete subtrees, in the order asked. */
  async hashes(nodes: readonly NodeAt[]): Promise<Buffer[]> {
    const rows = await this.rows<{ hash: Buffer | null }>(
      `SELECT coalesce(l.leaf_hash, n.hash) AS hash
         FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS w(level, place, nth)
         LEFT JOIN audit_leaves l ON w.level = 0 AND l.seq = w.place
         LEFT JOIN audit_nodes n ON n.level = w.level AND n.place = w.place
        ORDER BY w.nth`,
      [nodes.map(({ level }) => level), nodes.map(({ place }) => place)],
    );
    return rows.map(({ hash }) => {
      if (!hash) throw new Error('the audit tree lacks a node');
      return hash;
    });
  }

  /** Appends leaves with the nodes they complete, and takes their records out of the queue. */
  async append(leaves: readonly NewLeaf[], nodes: readonly NewNode[]): Promise<void> {
    await this.affected(
      `INSERT INTO audit_leaves (seq, record_id, seller_id, salt, ip_hash, details_hash, leaf_hash)
       SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[])`,
      [
        leaves.map(({ seq }) => seq),
        leaves.map(({ recordId }) => recordId),
        leaves.map(({ sellerId }) => sellerId),
        leaves.map(({ salt }) => salt),
        leaves.map(({ ipHash }) => ipHash),
        leaves.map(({ detailsHash }) => detailsHash),
        leaves.map((leaf) => leaf.leafHash),
      ],
    );
    await this.affected(
      `INSERT INTO audit_nodes (level, place, hash)
       SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])`,
      [
        nodes.map(({ level }) => level),
        nodes.map(({ place }) => place),
        nodes.map(({ hash }) => hash),
      ],
    );
    await this.affected('DELETE FROM audit_pending WHERE record_id = ANY ($1::uuid[])', [
      leaves.map(({ recordId }) => recordId),
    ]);
  }

  /** Leaves from `from` up to before `to`, in order. */
  async sealed(from: number, to: number): Promise<SealedRecord[]> {
    const rows = await this.rows<SealedRecord>(
      `SELECT ${SEALED} FROM audit_leaves l JOIN audit_records r ON r.id = l.record_id
        WHERE l.seq >= $1 AND l.seq < $2 ORDER BY l.seq`,
      [from, to],
    );
    return rows.map(numbered);
  }

  /** The seller's record as a leaf; null when they have none of that id, or it is no leaf yet. */
  async sealedRecord(sellerId: string, recordId: string): Promise<SealedRecord | null> {
    const row = await this.one<SealedRecord>(
      `SELECT ${SEALED} FROM audit_leaves l JOIN audit_records r ON r.id = l.record_id
        WHERE l.record_id = $2 AND l.seller_id = $1`,
      [sellerId, recordId],
    );
    return row && numbered(row);
  }

  /** Hashes of the leaves from `from` up to before `to`, one behind the other. */
  async leafHashes(from: number, to: number): Promise<Buffer> {
    const rows = await this.rows<{ leafHash: Buffer }>(
      'SELECT leaf_hash FROM audit_leaves WHERE seq >= $1 AND seq < $2 ORDER BY seq',
      [from, to],
    );
    return Buffer.concat(rows.map((row) => row.leafHash));
  }

  /** See erase_audit_person; returns how many records. */
  async erase(sellerId: string, personId: string, erasureId: string): Promise<number> {
    const row = await this.one<{ erased: string }>(
      'SELECT erase_audit_person($1, $2, $3) AS erased',
      [sellerId, personId, erasureId],
    );
    return Number(row!.erased);
  }
}

/** The driver gives a bigint as text. */
function numbered(row: SealedRecord): SealedRecord {
  return { ...row, seq: Number(row.seq) };
}
