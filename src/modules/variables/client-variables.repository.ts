import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { Variable, VariableOwner } from './domain/variables';
import type { ClientVariableEntity } from './entities/client-variable.entity';

/** A value to be set, and what bounds the setting. */
export interface Setting extends Variable {
  readonly id: string;
  readonly appId: string;
  /** Variables that the owner may have. */
  readonly max: number;
  /** Whether names that the application reserved are refused (D-A14). */
  readonly heedReserved: boolean;
}

export interface SetOutcome {
  /** Null when nothing was set. */
  readonly id: string | null;
  readonly reserved: boolean;
}

const COLUMN: Record<VariableOwner['kind'], string> = { user: 'user_id', license: 'license_id' };

@Injectable()
export class ClientVariablesRepository extends Repository {
  /**
   * Sets or changes a variable in one statement, unless its name is reserved or the owner has no
   * room for another. The caller has the turn of the owner.
   */
  async set(owner: VariableOwner, setting: Setting): Promise<SetOutcome> {
    const column = COLUMN[owner.kind];
    const { id, appId, key, value, max, heedReserved } = setting;
    const row = await this.one<SetOutcome>(
      `WITH reserved AS (
         SELECT 1 FROM app_variables WHERE app_id = $2 AND key = $4 AND read_only AND $7),
       known AS (
         SELECT count(*) AS number, coalesce(bool_or(key = $4), false) AS has
           FROM client_variables WHERE ${column} = $3),
       written AS (
         INSERT INTO client_variables (id, app_id, ${column}, key, value)
         SELECT $1, $2, $3, $4, $5 FROM known
          WHERE (has OR number < $6) AND NOT EXISTS (SELECT FROM reserved)
         ON CONFLICT (${column}, key) WHERE ${column} IS NOT NULL
         DO UPDATE SET value = excluded.value, updated_at = now() RETURNING id)
       SELECT (SELECT id FROM written) AS id, EXISTS (SELECT FROM reserved) AS reserved`,
      [id, appId, owner.id, key, value, max, heedReserved],
    );
    return row!;
  }

  read(owner: VariableOwner, key: string): Promise<Variable | null> {
    return this.one(
      `SELECT key, value FROM client_variables WHERE ${COLUMN[owner.kind]} = $1 AND key = $2`,
      [owner.id, key],
    );
  }

  list(owner: VariableOwner, request: PageRequest): Promise<Page<ClientVariableEntity>> {
    const where = [`${COLUMN[owner.kind]} = $1`];
    return this.page({ table: 'client_variables', where, values: [owner.id] }, request);
  }

  delete(owner: VariableOwner, key: string): Promise<ClientVariableEntity | null> {
    return this.one(
      `DELETE FROM client_variables WHERE ${COLUMN[owner.kind]} = $1 AND key = $2 RETURNING *`,
      [owner.id, key],
    );
  }
}
