import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/crypto';
import type { AuditActor } from '../audit';
import type { ResellerIdentity } from './reseller-books';
import { ResellerErrors } from './domain/resellers.errors';
import { LedgerRepository, NewEntry } from './ledger.repository';
import { LedgerLine, viewLine } from './reseller-views';

/** Who moves credits. */
export type CreditActor = AuditActor & { readonly id: string };

type Movement = Pick<NewEntry, 'kind' | 'amount'> &
  Partial<Pick<NewEntry, 'keys' | 'unitPrice' | 'licenseId' | 'note'>>;

/** The one way in which credits move: with a line in the ledger, inside the caller's transaction. */
@Injectable()
export class ResellerCredits {
  constructor(private readonly ledger: LedgerRepository) {}

  /**
   * Books a movement that may be too much for the balance.
   * @throws RESELLER_BALANCE_LIMIT
   */
  async add(who: ResellerIdentity, actor: CreditActor, movement: Movement): Promise<LedgerLine> {
    const line = await this.book(who, actor, movement);
    if (!line) throw ResellerErrors.RESELLER_BALANCE_LIMIT();
    return line;
  }

  /** Books a spend that was found covered while the reseller was held locked. */
  async spend(who: ResellerIdentity, actor: CreditActor, movement: Movement): Promise<LedgerLine> {
    const line = await this.book(who, actor, movement);
    if (!line) throw new Error('the balance of a locked reseller changed');
    return line;
  }

  private async book(
    who: ResellerIdentity,
    actor: CreditActor,
    movement: Movement,
  ): Promise<LedgerLine | null> {
    const row = await this.ledger.book({
      keys: 0,
      unitPrice: null,
      licenseId: null,
      note: null,
      ...movement,
      ...who,
      id: newId(),
      actorKind: actor.kind as NewEntry['actorKind'],
      actorId: actor.id,
    });
    return row && viewLine(row);
  }
}
