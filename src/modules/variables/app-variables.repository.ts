import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { Variable } from './domain/variables';
import type { AppVariableEntity } from './entities/app-variable.entity';

export type NewAppVariable = Pick<AppVariableEntity, 'id' | 'appId' | 'key' | 'value' | 'readOnly'>;

@Injectable()
export class AppVariablesRepository extends Repository {
  /**
   * Inserts unless the application has `max` variables already; then null. The caller has the turn
   * of the application, so two insertions cannot both find room.
   */
  insertBelow(max: number, variable: NewAppVariable): Promise<AppVariableEntity | null> {
    const { id, appId, key, value, readOnly } = variable;
    return this.one(
      `INSERT INTO app_variables (id, app_id, key, value, read_only)
       SELECT $1, $2, $3, $4, $5
        WHERE (SELECT count(*) FROM app_variables WHERE app_id = $2) < $6 RETURNING *`,
      [id, appId, key, value, readOnly, max],
    );
  }

  list(appId: string, request: PageRequest): Promise<Page<AppVariableEntity>> {
    return this.page({ table: 'app_variables', where: ['app_id = $1'], values: [appId] }, request);
  }

  /** Sets what is given. */
  update(
    appId: string,
    id: string,
    { value, readOnly }: { readonly value?: string; readonly readOnly?: boolean },
  ): Promise<AppVariableEntity | null> {
    return this.one(
      `UPDATE app_variables
          SET value = coalesce($3, value), read_only = coalesce($4, read_only), updated_at = now()
        WHERE app_id = $1 AND id = $2 RETURNING *`,
      [appId, id, value ?? null, readOnly ?? null],
    );
  }

  delete(appId: string, id: string): Promise<AppVariableEntity | null> {
    return this.one('DELETE FROM app_variables WHERE app_id = $1 AND id = $2 RETURNING *', [
      appId,
      id,
    ]);
  }

  read(appId: string, key: string): Promise<Variable | null> {
    return this.one('SELECT key, value FROM app_variables WHERE app_id = $1 AND key = $2', [
      appId,
      key,
    ]);
  }
}
