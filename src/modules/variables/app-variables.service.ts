import { Injectable } from '@nestjs/common';
import { Page, PageRequest, SellerCaller } from '../../kernel';
import { newId } from '../../platform/crypto';
import { Transactions, violatesReference, violatesUnique } from '../../platform/database';
import { AuditAction, sellerActor } from '../audit';
import { AppVariablesRepository } from './app-variables.repository';
import { APP_VARIABLES_MAX, Variable } from './domain/variables';
import { VariableErrors } from './domain/variables.errors';
import type { AppVariableEntity } from './entities/app-variable.entity';
import { Scope, VariableBooks } from './variable-books';
import { VariableTurns } from './variable-turns.repository';

export type AppVariable = AppVariableEntity;

/** What a seller may set of a variable. */
export interface NewVariable extends Variable {
  /** Reserves the name: no client may set a variable of its own under it (D-A14). */
  readonly readOnly: boolean;
}

/**
 * Variables of an application: written by its seller, read by every signed-in client. Whoever
 * reserves a name waits until no client is writing under it, and none can begin until it is done.
 */
@Injectable()
export class AppVariables {
  constructor(
    private readonly transactions: Transactions,
    private readonly variables: AppVariablesRepository,
    private readonly turns: VariableTurns,
    private readonly books: VariableBooks,
  ) {}

  /** @throws VARIABLE_EXISTS, VARIABLE_LIMIT */
  async create(app: Scope, input: NewVariable, caller: SellerCaller): Promise<AppVariable> {
    try {
      return await this.transactions.run(async () => {
        await this.turns.ofApp(app.id);
        const row = { id: newId(), appId: app.id, ...input };
        const made = await this.variables.insertBelow(APP_VARIABLES_MAX, row);
        if (!made) throw VariableErrors.VARIABLE_LIMIT({ message: FULL });
        this.record('variable.create', app, made, caller);
        return made;
      });
    } catch (error) {
      throw refusedBy(error);
    }
  }

  list(app: Scope, request: PageRequest): Promise<Page<AppVariable>> {
    return this.variables.list(app.id, request);
  }

  /** Sets value and reservation, those that are given. @throws VARIABLE_NOT_FOUND */
  change(
    app: Scope,
    id: string,
    changes: Partial<Omit<NewVariable, 'key'>>,
    caller: SellerCaller,
  ): Promise<AppVariable> {
    return this.transactions.run(async () => {
      await this.turns.ofApp(app.id);
      const changed = found(await this.variables.update(app.id, id, changes));
      this.record('variable.change', app, changed, caller);
      return changed;
    });
  }

  /** @throws VARIABLE_NOT_FOUND */
  async remove(app: Scope, id: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const removed = found(await this.variables.delete(app.id, id));
      this.record('variable.delete', app, removed, caller);
    });
  }

  /** The value under a name, for a client; null when there is none. */
  read(appId: string, key: string): Promise<Variable | null> {
    return this.variables.read(appId, key);
  }

  private record(
    action: AuditAction,
    app: Scope,
    variable: AppVariable,
    caller: SellerCaller,
  ): void {
    const by = { actor: sellerActor(caller), origin: caller };
    this.books.record(action, app, variable, by, { readOnly: variable.readOnly });
  }
}

const FULL = `An application has at most ${APP_VARIABLES_MAX} variables`;

function found(variable: AppVariable | null): AppVariable {
  if (!variable) throw VariableErrors.VARIABLE_NOT_FOUND();
  return variable;
}

function refusedBy(error: unknown): unknown {
  if (violatesUnique(error, 'app_variables_key')) return VariableErrors.VARIABLE_EXISTS();
  return violatesReference(error) ? VariableErrors.VARIABLE_OWNER_NOT_FOUND() : error;
}
