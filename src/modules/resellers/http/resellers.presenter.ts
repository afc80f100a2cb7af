import { publicId } from '../../../kernel';
import type { Sale } from '../reseller-sales';
import type { LedgerLine, Reseller, SoldKey } from '../reseller-views';
import type { LedgerLineView, MadeKeyView, ResellerView, SoldKeyView } from './dto/resellers.views';

export function presentReseller(reseller: Reseller): ResellerView {
  const { id, username, status, balance, prices, levels, durations, note } = reseller;
  const { lastLoginAt, createdAt } = reseller;
  return {
    id: publicId('rsl', id),
    ...{ username, status, balance, prices, levels, durations, note },
    lastLoginAt: lastLoginAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export function presentLine(line: LedgerLine): LedgerLineView {
  const { id, licenseId, createdAt, position, kind, amount, balanceAfter, keys } = line;
  const { unitPrice, note, actor } = line;
  return {
    id: publicId('led', id),
    ...{ position, kind, amount, balanceAfter, keys, unitPrice },
    licenseId: licenseId && publicId('lic', licenseId),
    ...{ note, actor },
    createdAt: createdAt.toISOString(),
  };
}

/** A key as the reseller who just made it gets it: the document's three keys first [seed 000]. */
export function presentMade(made: SoldKey): MadeKeyView {
  const { id, key, durationType, status, level, maxDevices, prefix, note, price } = made;
  return {
    ...{ key, durationType, status },
    id: publicId('lic', id),
    ...{ level, maxDevices, prefix, note, price },
    createdAt: made.createdAt.toISOString(),
  };
}

/** A key in a list, the document's four keys first [seed 000]. */
export function presentSold(sold: SoldKey): SoldKeyView {
  const { key, status, durationType } = sold;
  const createdAt = sold.createdAt.toISOString();
  return {
    ...{ key, status, durationType, createdAt },
    ...presentMade(sold),
    activatedAt: sold.activatedAt?.toISOString() ?? null,
    expiresAt: sold.expiresAt?.toISOString() ?? null,
  };
}

/** The body of «generate»: the balance stands beside the keys [seed 000]. */
export function presentSale({ keys, balance }: Sale) {
  return { success: true, data: keys.map(presentMade), balance } as const;
}
