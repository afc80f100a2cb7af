import { Injectable } from '@nestjs/common';
import { KeyShape, Page, PageRequest, SellerCaller } from '../../kernel';
import { Transactions } from '../../platform/database';
import type { OwnedApp } from '../apps';
import { DevicesRepository } from './devices.repository';
import { LicenseVerb, transition } from './domain/license';
import { normalizeKey } from './domain/license-key';
import { LicenseBooks } from './license-books';
import { allowed, found, License, LicenseChanges, LicenseEdits, withStatus } from './license-edits';
import { InUse, LicenseIssue, LicenseTerms, Resale } from './license-issue';
import { LicenseFilter, LicensesRepository } from './licenses.repository';

export type { DiscordOwner, LicenseTerms, Resale } from './license-issue';

/** A seller's verbs on licences. */
@Injectable()
export class LicensesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly licenses: LicensesRepository,
    private readonly devices: DevicesRepository,
    private readonly edits: LicenseEdits,
    private readonly books: LicenseBooks,
    private readonly issue: LicenseIssue,
  ) {}

  /**
   * Makes `count` licences with new keys, all in one statement; of the application's format, or of
   * a shape.
   * @throws PLAN_LIMIT_REACHED
   */
  generate(
    app: OwnedApp,
    terms: LicenseTerms,
    count: number,
    caller: SellerCaller,
    shape?: KeyShape,
  ): Promise<License[]> {
    return this.transactions.run(async () => {
      const made = await this.issue.make(app, terms, count, { shape });
      const { note: _note, ...kept } = terms;
      this.books.record('license.generate', app, null, caller, { count, ...kept });
      return made;
    });
  }

  /**
   * Makes one licence that is in use from now on, inside the caller's transaction: the
   * entitlement behind a user whom the seller created without a key. It counts as a key.
   * @throws PLAN_LIMIT_REACHED
   */
  async issueInUse(app: OwnedApp, terms: LicenseTerms, inUse: InUse): Promise<License> {
    const [license] = await this.issue.make(app, terms, 1, { inUse });
    return license!;
  }

  /**
   * Makes `count` keys that a reseller pays for, inside the caller's transaction.
   * @throws PLAN_LIMIT_REACHED
   */
  issueForResale(
    app: OwnedApp,
    terms: LicenseTerms,
    count: number,
    resale: Resale,
  ): Promise<License[]> {
    return this.issue.make(app, terms, count, { resale });
  }

  async list(app: OwnedApp, filter: LicenseFilter, request: PageRequest): Promise<Page<License>> {
    const search = filter.search === undefined ? undefined : normalizeKey(filter.search);
    const page = await this.licenses.list(app.id, { ...filter, search }, request);
    return { ...page, items: page.items.map(withStatus) };
  }

  /** @throws LICENSE_NOT_FOUND */
  async get(app: OwnedApp, id: string): Promise<License> {
    return withStatus(found(await this.licenses.find(app.id, id)));
  }

  /** @throws LICENSE_NOT_FOUND */
  async getByKey(app: OwnedApp, key: string): Promise<License> {
    return withStatus(found(await this.licenses.findByKey(app.id, normalizeKey(key))));
  }

  /** Licences by id, with the first bound device of each; two statements for any number. */
  async getMany(
    ids: readonly string[],
  ): Promise<Map<string, License & { readonly firstHwid: string | null }>> {
    if (ids.length === 0) return new Map();
    const rows = await this.licenses.findMany(ids);
    const hwids = await this.devices.firstBound(ids);
    return new Map(
      rows.map((row) => [row.id, { ...withStatus(row), firstHwid: hwids.get(row.id) ?? null }]),
    );
  }

  /** An expiry of a licence that was never used is its fixed end. @throws LICENSE_NOT_FOUND */
  change(
    app: OwnedApp,
    id: string,
    { expiresAt, ...changes }: LicenseChanges & { readonly expiresAt?: Date | null },
    caller: SellerCaller,
  ): Promise<License> {
    return this.transactions.run(async () => {
      const license = await this.edits.lock(app.id, id);
      this.books.record('license.change', app, license, caller, {
        changes: { ...changes, expiresAt },
      });
      const changed = await this.edits.change(license, changes);
      return expiresAt === undefined ? changed : this.edits.setExpiry(license, expiresAt);
    });
  }

  /**
   * Bans, unbans, suspends, resumes or revokes. A hold ends every session of the licence (D-A15).
   * @throws LICENSE_NOT_FOUND, LICENSE_WRONG_STATUS
   */
  apply(
    app: OwnedApp,
    id: string,
    verb: Exclude<LicenseVerb, 'extend'>,
    caller: SellerCaller,
  ): Promise<License> {
    return this.transactions.run(async () => {
      const license = await this.edits.lock(app.id, id);
      const { hold } = allowed(transition(license, verb, license.now));
      const changed = await this.licenses.update(id, { hold });
      const ended = hold ? await this.edits.endSessions(id, `license ${verb}`) : 0;
      this.transactions.announce('license', id);
      this.books.record(`license.${verb}`, app, license, caller, { endedSessions: ended });
      return withStatus(changed);
    });
  }

  /**
   * Adds days (D-A13).
   * @throws LICENSE_NOT_FOUND, LICENSE_WRONG_STATUS
   */
  extend(app: OwnedApp, id: string, days: number, caller: SellerCaller): Promise<License> {
    return this.transactions.run(async () => {
      const extended = await this.edits.extend(await this.edits.lock(app.id, id), days);
      const { expiresAt } = extended;
      this.books.record('license.extend', app, extended, caller, { days, expiresAt });
      return extended;
    });
  }

  /**
   * Deletes the licence for good, with its sessions and devices. A user who registered with it
   * stays, without an entitlement.
   * @throws LICENSE_NOT_FOUND
   */
  async delete(app: OwnedApp, id: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const license = await this.edits.lock(app.id, id);
      await this.edits.endSessions(id, 'license delete');
      await this.licenses.delete(id);
      this.transactions.announce('license', id);
      this.books.record('license.delete', app, license, caller);
      this.books.emit('license.delete', app.id, license);
    });
  }
}
