import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import { BALANCE_MAX } from './domain/reseller';
import type { LedgerEntryEntity } from './entities/ledger-entry.entity';

export interface NewEntry extends Pick<
  LedgerEntryEntity,
  | 'id'
  | 'resellerId'
  | 'sellerId'
  | 'appId'
  | 'kind'
  | 'keys'
  | 'licenseId'
  | 'note'
  | 'actorKind'
  | 'actorId'
> {
  /** Credits; negative when they are spent. */
  readonly amount: number;
  readonly unitPrice: number | null;
}

@Injectable()
export class LedgerRepository extends Repository {
  /**
   * Moves credits and writes the line, in one statement: the balance is the sum of the lines
   * because neither is ever written without the other. Null when the balance would leave the range
   * from 0 to `BALANCE_MAX`, judged with the row locked; then nothing is written.
   */
  book(entry: NewEntry): Promise<LedgerEntryEntity | null> {
    const { id, resellerId, sellerId, appId, kind, amount, keys, unitPrice } = entry;
    const { licenseId, note, actorKind, actorId } = entry;
    return this.one(
      `WITH moved AS (
         UPDATE resellers SET balance = balance + $2::bigint, ledger_length = ledger_length + 1
          WHERE id = $1 AND balance + $2::bigint BETWEEN 0 AND ${BALANCE_MAX}
         RETURNING id, balance, ledger_length)
       INSERT INTO reseller_ledger (id, reseller_id, seller_id, app_id, position, kind, amount, balance_after,
              keys, unit_price, license_id, note, actor_kind, actor_id, created_at)
       SELECT $3::uuid, moved.id, $4::uuid, $5::uuid, moved.ledger_length, $6::text, $2::bigint, moved.balance,
              $7::integer, $8::bigint, $9::uuid, $10::text, $11::text, $12::uuid, clock_timestamp()
         FROM moved
       RETURNING *`,
      [
        ...[resellerId, amount, id, sellerId, appId, kind],
        ...[keys, unitPrice, licenseId, note, actorKind, actorId],
      ],
    );
  }

  /** The lines of a reseller, the newest first; `length` is how many there are. */
  list(resellerId: string, length: number, request: PageRequest): Promise<Page<LedgerEntryEntity>> {
    const where = ['reseller_id = $1'];
    return this.page(
      { table: 'reseller_ledger', where, values: [resellerId], total: length },
      request,
    );
  }

  /** Up to `limit` lines after a position, in the order they were written. */
  after(
    resellerId: string,
    position: number,
    last: number,
    limit: number,
  ): Promise<LedgerEntryEntity[]> {
    return this.rows(
      `SELECT * FROM reseller_ledger
        WHERE reseller_id = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4`,
      [resellerId, position, last, limit],
    );
  }
}
