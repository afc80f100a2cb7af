import { Injectable } from '@nestjs/common';
import { Page, PageRequest } from '../../kernel';
import { Transactions } from '../../platform/database';
import type { OwnedApp } from '../apps';
import { maskKey, normalizeKey } from './domain/license-key';
import { LicenseErrors } from './domain/licenses.errors';
import { LicenseBooks } from './license-books';
import { found, License, withStatus } from './license-edits';
import { LicenseFilter, LicensesRepository, SoldCounts } from './licenses.repository';
import { LicensesService, LicenseTerms, Resale } from './licenses.service';

/**
 * Keys that a reseller sells. Changes belong inside the caller's transaction, which moves the
 * credits and writes the one record.
 */
@Injectable()
export class LicenseResale {
  constructor(
    private readonly transactions: Transactions,
    private readonly licenses: LicensesRepository,
    private readonly service: LicensesService,
    private readonly books: LicenseBooks,
  ) {}

  /** Makes `count` keys that a reseller pays for. */
  issue(app: OwnedApp, terms: LicenseTerms, count: number, resale: Resale): Promise<License[]> {
    return this.service.issueForResale(app, terms, count, resale);
  }

  /** The keys that the reseller made, the newest first. */
  async list(
    resellerId: string,
    filter: LicenseFilter,
    request: PageRequest,
  ): Promise<Page<License>> {
    const search = filter.search === undefined ? undefined : normalizeKey(filter.search);
    const page = await this.licenses.listOfReseller(resellerId, { ...filter, search }, request);
    return { ...page, items: page.items.map(withStatus) };
  }

  /** How many keys the reseller made, and how many of them were ever used. */
  counts(resellerId: string): Promise<SoldCounts> {
    return this.licenses.countOfReseller(resellerId);
  }

  /**
   * Deletes an unused key of the reseller for good and gives it back: what was paid for it stands
   * in `resellerPrice`. It is locked first, so that it is not used in the same moment.
   * @throws LICENSE_NOT_FOUND when it is not theirs, LICENSE_WRONG_STATUS when it is not UNUSED
   */
  async takeBack(
    app: OwnedApp,
    id: string,
    resellerId: string,
  ): Promise<License & { readonly masked: string }> {
    const license = withStatus(found(await this.licenses.lock(app.id, id)));
    if (license.resellerId !== resellerId) throw LicenseErrors.LICENSE_NOT_FOUND();
    if (license.status !== 'UNUSED') {
      const message = `Cannot refund a license that is ${license.status}`;
      throw LicenseErrors.LICENSE_WRONG_STATUS({ message });
    }
    await this.licenses.delete(id);
    this.transactions.announce('license', id);
    this.books.emit('license.delete', app.id, license);
    return { ...license, masked: maskKey(license.key) };
  }

  /** Makes the reseller's keys the seller's own; returns how many. */
  release(resellerId: string): Promise<number> {
    return this.licenses.releaseReseller(resellerId);
  }
}
