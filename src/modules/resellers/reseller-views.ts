import { DurationType, durationTypeOf } from '../../kernel';
import type { License } from '../licenses';
import type { LedgerEntryEntity } from './entities/ledger-entry.entity';
import type { ResellerEntity } from './entities/reseller.entity';

/** A reseller as the seller knows them. Credits are whole numbers. */
export type Reseller = Pick<
  ResellerEntity,
  | 'id'
  | 'username'
  | 'status'
  | 'prices'
  | 'levels'
  | 'durations'
  | 'note'
  | 'lastLoginAt'
  | 'createdAt'
> & {
  readonly balance: number;
  /** Lines in the ledger. */
  readonly ledgerLength: number;
};

/** One line of the book of credits. */
export type LedgerLine = Pick<
  LedgerEntryEntity,
  'id' | 'position' | 'kind' | 'keys' | 'licenseId' | 'note' | 'createdAt'
> & {
  /** Negative when credits were spent. */
  readonly amount: number;
  readonly balanceAfter: number;
  readonly unitPrice: number | null;
  readonly actor: LedgerEntryEntity['actorKind'];
};

/** A key as the reseller who made it sees it. */
export interface SoldKey extends Pick<
  License,
  | 'id'
  | 'key'
  | 'status'
  | 'level'
  | 'maxDevices'
  | 'prefix'
  | 'note'
  | 'createdAt'
  | 'activatedAt'
  | 'expiresAt'
> {
  readonly durationType: DurationType | 'custom';
  /** Credits paid for it, and given back when it is deleted unused. */
  readonly price: number;
}

export function viewReseller(row: ResellerEntity): Reseller {
  const { id, username, status, prices, levels, durations, note } = row;
  const { ledgerLength, lastLoginAt, createdAt } = row;
  const balance = Number(row.balance);
  return {
    ...{ id, username, status, balance, prices, levels, durations, note },
    ...{ ledgerLength, lastLoginAt, createdAt },
  };
}

export function viewLine(row: LedgerEntryEntity): LedgerLine {
  const { id, position, kind, keys, licenseId, note, createdAt, unitPrice } = row;
  return {
    ...{ id, position, kind, keys, licenseId, note, createdAt },
    amount: Number(row.amount),
    balanceAfter: Number(row.balanceAfter),
    unitPrice: unitPrice === null ? null : Number(unitPrice),
    actor: row.actorKind,
  };
}

export function viewKey(license: License): SoldKey {
  const { id, key, status, level, maxDevices, prefix, note } = license;
  const { createdAt, activatedAt, expiresAt } = license;
  return {
    ...{ id, key, status, level, maxDevices, prefix, note, createdAt, activatedAt, expiresAt },
    durationType: durationTypeOf(license.durationSeconds),
    price: Number(license.resellerPrice),
  };
}
