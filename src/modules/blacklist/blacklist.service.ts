import { Injectable } from '@nestjs/common';
import { maskKey, Page, PageRequest, SellerCaller } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import { newId } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { AuditAction, AuditTrail, sellerActor } from '../audit';
import { invalid, readValue } from './blacklist-value';
import { BlacklistRepository, EntryChanges, Scope } from './blacklist.repository';
import type { BlacklistType } from './domain/blacklist';
import { BlacklistErrors } from './domain/blacklist.errors';
import type { BlacklistEntryEntity } from './entities/blacklist-entry.entity';

export type BlacklistEntry = BlacklistEntryEntity;

/** What a seller lists. */
export interface NewBlacklistEntry {
  readonly type: BlacklistType;
  readonly value: string;
  readonly reason: string | null;
  /** Null is for ever. */
  readonly expiresAt: Date | null;
}

/**
 * A seller's verbs on the blacklist of an application, or of all of them. Each holds from the next request on, for
 * live sessions as well.
 */
@Injectable()
export class BlacklistService {
  constructor(
    private readonly transactions: Transactions,
    private readonly entries: BlacklistRepository,
    private readonly audit: AuditTrail,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Lists a value. An entry for it that has expired is replaced.
   * @throws BLACKLIST_ENTRY_EXISTS, INVALID_INPUT
   */
  async add(app: Scope, input: NewBlacklistEntry, caller: SellerCaller): Promise<BlacklistEntry> {
    const { type, value, expiresAt } = input;
    const compared = readValue(type, value);
    // An entry that never holds would look like protection.
    if (expiresAt && expiresAt.getTime() <= this.clock.nowMs()) {
      throw invalid('expiresAt', 'must lie in the future');
    }
    return this.transactions.run(async () => {
      const sellerId = app.id === null ? app.sellerId : null;
      const row = { id: newId(), appId: app.id, sellerId, ...input, ...compared };
      const entry = await this.entries.insertUnlessStanding(row);
      if (!entry) throw BlacklistErrors.BLACKLIST_ENTRY_EXISTS();
      this.changed('blacklist.add', app, entry, caller);
      return entry;
    });
  }

  /** Expired entries are listed too, until they are cleared away. */
  list(
    app: Scope,
    type: BlacklistType | undefined,
    request: PageRequest,
  ): Promise<Page<BlacklistEntry>> {
    return this.entries.list(app, type, request);
  }

  /** An expiry in the past lifts the entry. @throws BLACKLIST_ENTRY_NOT_FOUND */
  change(
    app: Scope,
    id: string,
    changes: EntryChanges,
    caller: SellerCaller,
  ): Promise<BlacklistEntry> {
    return this.transactions.run(async () => {
      const entry = found(await this.entries.update(app, id, changes));
      this.changed('blacklist.change', app, entry, caller);
      return entry;
    });
  }

  /** @throws BLACKLIST_ENTRY_NOT_FOUND */
  remove(app: Scope, id: string, caller: SellerCaller): Promise<BlacklistEntry> {
    return this.transactions.run(async () => {
      const entry = found(await this.entries.delete(app, id));
      this.changed('blacklist.remove', app, entry, caller);
      return entry;
    });
  }

  private changed(
    action: AuditAction,
    app: Scope,
    entry: BlacklistEntry,
    caller: SellerCaller,
  ): void {
    const { id, type, value, reason, expiresAt } = entry;
    if (app.id === null) this.transactions.announce('seller-blacklist', app.sellerId);
    else this.transactions.announce('app', app.id);
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id ?? undefined,
      actor: sellerActor(caller),
      action,
      target: { kind: 'blacklist-entry', id },
      origin: caller,
      details: { type, value: type === 'KEY' ? maskKey(value) : value, reason, expiresAt },
    });
  }
}

function found(entry: BlacklistEntry | null): BlacklistEntry {
  if (!entry) throw BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND();
  return entry;
}
