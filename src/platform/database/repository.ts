import { TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { Injectable } from '@nestjs/common';
import type { EntityManager, QueryResult } from 'typeorm';
import { camelCase, snakeCase } from './naming';

/** Gives repositories the manager of the open transaction, or of the pool. */
@Injectable()
export class DatabaseHost {
  constructor(private readonly host: TransactionHost<TransactionalAdapterTypeOrm>) {}

  get manager(): EntityManager {
    return this.host.tx;
  }
}

/**
 * Base of every repository: statements run in the transaction that is open, or on the pool when
 * none is. Rows come back with camel-case keys.
 */
@Injectable()
export abstract class Repository {
  constructor(private readonly host: DatabaseHost) {}

  protected get manager(): EntityManager {
    return this.host.manager;
  }

  protected async rows<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.execute(sql, values)).records.map((row) => camelRow<T>(row as object));
  }

  protected async one<T>(sql: string, values: readonly unknown[] = []): Promise<T | null> {
    return (await this.rows<T>(sql, values))[0] ?? null;
  }

  /** Runs a write and tells how many rows it touched. */
  protected async affected(sql: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.execute(sql, values)).affected ?? 0;
  }

  /**
   * Sets columns of one row and gives the row back; keys that are undefined stay as they are. The
   * keys are property names in our code, never a caller's.
   */
  protected async setColumns<T>(
    table: string,
    id: string,
    changes: object,
    returning = '*',
  ): Promise<T> {
    const values: unknown[] = [id];
    const sets = Object.entries(changes)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${snakeCase(name)} = $${values.push(value)}`);
    const row = await this.one<T>(
      sets.length === 0
        ? `SELECT ${returning} FROM ${table} WHERE id = $1`
        : `UPDATE ${table} SET ${sets.join(', ')} WHERE id = $1 RETURNING ${returning}`,
      values,
    );
    if (!row) throw new Error(`a locked row of ${table} vanished`);
    return row;
  }

  private async execute(sql: string, values: readonly unknown[]): Promise<QueryResult> {
    const open = this.manager.queryRunner;
    const runner = open ?? this.manager.connection.createQueryRunner();
    try {
      return await runner.query(sql, [...values], true);
    } finally {
      if (!open) await runner.release();
    }
  }
}

const keys = new Map<string, string>();

function camelRow<T>(row: object): T {
  const result: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    let key = keys.get(column);
    if (key === undefined) keys.set(column, (key = camelCase(column)));
    result[key] = value;
  }
  return result as T;
}
