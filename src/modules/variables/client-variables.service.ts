import { Injectable } from '@nestjs/common';
import { granted, Origin, Page, PageRequest, refused, SellerCaller, Verdict } from '../../kernel';
import { newId } from '../../platform/crypto';
import { Transactions, violatesReference } from '../../platform/database';
import { AuditAction, AuditActor, sellerActor } from '../audit';
import { ClientVariablesRepository } from './client-variables.repository';
import { CLIENT_VARIABLES_MAX, Variable, VariableOwner } from './domain/variables';
import { VariableErrors } from './domain/variables.errors';
import type { ClientVariableEntity } from './entities/client-variable.entity';
import { Scope, VariableBooks } from './variable-books';
import { VariableTurns } from './variable-turns.repository';

export type ClientVariable = ClientVariableEntity;

/** Why a client's variable is not set; `OWNER_GONE`: user or licence was deleted meanwhile. */
export type NotSet = 'VARIABLE_READ_ONLY' | 'VARIABLES_FULL' | 'OWNER_GONE';

interface By {
  readonly actor: AuditActor;
  readonly origin: Origin;
}

const ACTOR = { user: 'app-user', license: 'license' } as const;

/** Variables of single clients: set by themselves or by the seller, read by themselves. */
@Injectable()
export class ClientVariables {
  constructor(
    private readonly transactions: Transactions,
    private readonly variables: ClientVariablesRepository,
    private readonly turns: VariableTurns,
    private readonly books: VariableBooks,
  ) {}

  /** The client's own value under a name; null when there is none. */
  read(owner: VariableOwner, key: string): Promise<Variable | null> {
    return this.variables.read(owner, key);
  }

  /**
   * Sets a variable for the client itself. A name that the application reserved is refused, also
   * when it is reserved at this very moment (D-A14).
   */
  async set(
    app: Scope,
    owner: VariableOwner,
    variable: Variable,
    origin: Origin,
  ): Promise<Verdict<undefined, NotSet>> {
    const by: By = { actor: { kind: ACTOR[owner.kind], id: owner.id }, origin };
    try {
      return await this.transactions.run(async () => {
        await this.turns.ofClient(app.id, owner.id);
        const { id, reserved } = await this.write(app, owner, variable, true);
        if (!id) return refused(reserved ? 'VARIABLE_READ_ONLY' : 'VARIABLES_FULL');
        this.books.record('client.set-variable', app, { id, key: variable.key }, by);
        return granted(undefined);
      });
    } catch (error) {
      if (violatesReference(error)) return refused('OWNER_GONE');
      throw error;
    }
  }

  list(owner: VariableOwner, request: PageRequest): Promise<Page<ClientVariable>> {
    return this.variables.list(owner, request);
  }

  /**
   * Sets a variable of a user for the seller, who may also write under reserved names: a value
   * that its user reads and cannot change.
   * @throws VARIABLE_LIMIT, VARIABLE_OWNER_NOT_FOUND
   */
  async setFor(
    app: Scope,
    owner: VariableOwner,
    variable: Variable,
    caller: SellerCaller,
  ): Promise<Variable> {
    try {
      return await this.transactions.run(async () => {
        await this.turns.ofClient(app.id, owner.id);
        const { id } = await this.write(app, owner, variable, false);
        if (!id) throw VariableErrors.VARIABLE_LIMIT({ message: FULL });
        this.record('user.set-variable', app, owner, { id, key: variable.key }, caller);
        return variable;
      });
    } catch (error) {
      throw violatesReference(error) ? VariableErrors.VARIABLE_OWNER_NOT_FOUND() : error;
    }
  }

  /** @throws VARIABLE_NOT_FOUND */
  async remove(app: Scope, owner: VariableOwner, key: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const removed = await this.variables.delete(owner, key);
      if (!removed) throw VariableErrors.VARIABLE_NOT_FOUND();
      this.record('user.delete-variable', app, owner, removed, caller);
    });
  }

  private write(app: Scope, owner: VariableOwner, variable: Variable, heedReserved: boolean) {
    const id = newId();
    const { key, value } = variable;
    const max = CLIENT_VARIABLES_MAX;
    return this.variables.set(owner, { id, appId: app.id, key, value, max, heedReserved });
  }

  private record(
    action: AuditAction,
    app: Scope,
    owner: VariableOwner,
    variable: { readonly id: string; readonly key: string },
    caller: SellerCaller,
  ): void {
    const by = { actor: sellerActor(caller), origin: caller };
    this.books.record(action, app, variable, by, { owner: owner.kind, ownerId: owner.id });
  }
}

const FULL = `A user has at most ${CLIENT_VARIABLES_MAX} variables`;
