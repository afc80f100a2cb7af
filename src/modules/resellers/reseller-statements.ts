import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { LedgerRepository } from './ledger.repository';
import { LedgerLine, Reseller, viewLine } from './reseller-views';

type Book = Pick<Reseller, 'id' | 'ledgerLength'>;

const BATCH = 1_000;

/** Reads of the book of a reseller's credits. */
@Injectable()
export class ResellerStatements {
  constructor(private readonly ledger: LedgerRepository) {}

  /** A page of lines, the newest first. */
  async list({ id, ledgerLength }: Book, request: PageRequest): Promise<Page<LedgerLine>> {
    const page = await this.ledger.list(id, ledgerLength, request);
    return { ...page, items: page.items.map(viewLine) };
  }

  /**
   * Every line there was when it began, in the order they were written, a batch at a time: memory
   * stays bounded however long the book is, and no connection is held between two batches.
   */
  async *batches({ id, ledgerLength }: Book): AsyncGenerator<LedgerLine[]> {
    for (let position = 0; position < ledgerLength;) {
      const rows = await this.ledger.after(id, position, ledgerLength, BATCH);
      const last = rows.at(-1);
      if (!last) throw new Error('the ledger has a gap');
      position = last.position;
      yield rows.map(viewLine);
    }
  }
}
