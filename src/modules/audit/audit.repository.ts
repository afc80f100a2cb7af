import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { AuditRecordEntity } from './entities/audit-record.entity';

/** A record with its place in the tree, if it has one yet. */
export interface AuditRecord extends AuditRecordEntity {
  readonly seq: number | null;
  readonly erasedBy: string | null;
}

/** What is looked for; what is undefined is not. */
export interface RecordFilter {
  readonly appId?: string | undefined;
  /** One of these. */
  readonly actions?: readonly string[] | undefined;
  readonly actorId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly severity?: string | undefined;
  /** Not before. */
  readonly since?: Date | undefined;
  /** Before. */
  readonly until?: Date | undefined;
}

const WITH_LEAF = 'audit_records r LEFT JOIN audit_leaves l ON l.record_id = r.id';
const COLUMNS = 'r.*, l.seq, l.erased_by';

@Injectable()
export class AuditRepository extends Repository {
  /** The seller's records, the newest first. */
  async list(
    sellerId: string,
    filter: RecordFilter,
    request: PageRequest,
  ): Promise<Page<AuditRecord>> {
    const { where, values } = conditions(sellerId, filter);
    const list = { table: WITH_LEAF, select: COLUMNS, where, values, at: 'occurred_at' };
    const page = await this.page<AuditRecord>(list, request);
    return { ...page, items: page.items.map(numbered) };
  }

  /** The number of the seller's last leaf; -1 before the first. */
  async lastSeq(sellerId: string): Promise<number> {
    const row = await this.one<{ last: string }>(
      'SELECT coalesce(max(seq), -1) AS last FROM audit_leaves WHERE seller_id = $1',
      [sellerId],
    );
    return Number(row!.last);
  }

  /** The seller's sealed records of a part of the tree that match, in order. */
  async following(
    sellerId: string,
    { after, upTo }: { readonly after: number; readonly upTo: number },
    filter: RecordFilter,
    limit: number,
  ): Promise<AuditRecord[]> {
    const { where, values } = conditions(sellerId, filter);
    where.push('l.seller_id = $1');
    where.push(`l.seq > $${values.push(after)}`, `l.seq <= $${values.push(upTo)}`);
    const rows = await this.rows<AuditRecord>(
      `SELECT ${COLUMNS} FROM audit_leaves l JOIN audit_records r ON r.id = l.record_id
        WHERE ${where.join(' AND ')} ORDER BY l.seq LIMIT $${values.push(limit)}`,
      values,
    );
    return rows.map(numbered);
  }

  async exists(sellerId: string, recordId: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM audit_records WHERE id = $2 AND seller_id = $1';
    return (await this.one(sql, [sellerId, recordId])) !== null;
  }
}

function conditions(sellerId: string, filter: RecordFilter) {
  const values: unknown[] = [sellerId];
  const where = ['r.seller_id = $1'];
  const add = (condition: string, value: unknown) => {
    if (value !== undefined) where.push(`${condition} $${values.push(value)}`);
  };
  const { actions } = filter;
  add('r.app_id =', filter.appId);
  add('r.action =', actions?.length === 1 ? actions[0] : undefined);
  if (actions && actions.length !== 1)
    where.push(`r.action = ANY ($${values.push(actions)}::text[])`);
  add('r.actor_id =', filter.actorId);
  add('r.target_id =', filter.targetId);
  add('r.request_id =', filter.requestId);
  add('r.severity =', filter.severity);
  add('r.occurred_at >=', filter.since);
  add('r.occurred_at <', filter.until);
  return { where, values };
}

/** The driver gives a bigint as text. */
function numbered(row: AuditRecord): AuditRecord {
  return { ...row, seq: row.seq === null ? null : Number(row.seq) };
}
