import { Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import { CommonErrors, formProblem, Page, PageRequest, SellerCaller } from '../../kernel';
import { newId } from '../../platform/crypto';
import { Transactions, violatesUnique } from '../../platform/database';
import { AuditTrail, sellerActor } from '../audit';
import { BlacklistRepository } from './blacklist.repository';
import { blacklistKey, BlacklistType } from './domain/blacklist';
import { BlacklistErrors } from './domain/blacklist.errors';
import type { BlacklistEntryEntity } from './entities/blacklist-entry.entity';

export type BlacklistEntry = BlacklistEntryEntity;

interface Scope {
  readonly id: string;
  readonly sellerId: string;
}

/** A seller's verbs on the blacklist of an application. */
@Injectable()
export class BlacklistService {
  constructor(
    private readonly transactions: Transactions,
    private readonly entries: BlacklistRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws INVALID_INPUT, BLACKLIST_ENTRY_EXISTS */
  async add(
    app: Scope,
    input: { readonly type: BlacklistType; readonly value: string; readonly reason: string | null },
    caller: SellerCaller,
  ): Promise<BlacklistEntry> {
    const valueKey = blacklistKey(input.type, input.value);
    const message = valueProblem(input.type, valueKey);
    if (message) {
      const problems = [{ field: 'value', message }];
      throw CommonErrors.INVALID_INPUT({ message: `value: ${message}`, problems });
    }
    try {
      return await this.transactions.run(async () => {
        const entry = await this.entries.insert({ id: newId(), appId: app.id, valueKey, ...input });
        this.transactions.announce('app', app.id);
        this.record('blacklist.add', app, entry, caller);
        return entry;
      });
    } catch (error) {
      if (violatesUnique(error, 'blacklist_entries_value')) {
        throw BlacklistErrors.BLACKLIST_ENTRY_EXISTS();
      }
      throw error;
    }
  }

  list(app: Scope, request: PageRequest): Promise<Page<BlacklistEntry>> {
    return this.entries.list(app.id, request);
  }

  /** @throws BLACKLIST_ENTRY_NOT_FOUND */
  async remove(app: Scope, id: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const entry = await this.entries.delete(app.id, id);
      if (!entry) throw BlacklistErrors.BLACKLIST_ENTRY_NOT_FOUND();
      this.transactions.announce('app', app.id);
      this.record('blacklist.remove', app, entry, caller);
    });
  }

  private record(action: string, app: Scope, entry: BlacklistEntry, caller: SellerCaller): void {
    const { id, type, value, reason } = entry;
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: sellerActor(caller),
      action,
      target: { kind: 'blacklist-entry', id },
      origin: caller,
      details: { type, value, reason },
    });
  }
}

/** Longest compared form of a value, in characters. */
const VALUE_MAX = 256;

/** What is wrong with the compared form of a value, in words; null when nothing is. */
function valueProblem(type: BlacklistType, valueKey: string): string | null {
  if (type === 'IP' && isIP(valueKey) === 0) return 'must be an IPv4 or IPv6 address';
  return formProblem(valueKey, VALUE_MAX);
}
