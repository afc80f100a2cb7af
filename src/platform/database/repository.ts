import { TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import type { EntityManager, QueryResult, QueryRunner } from 'typeorm';
import { Cursor, offsetOf, Page, PageRequest } from '../../kernel';
import { camelCase, snakeCase } from './naming';

/** Rows of a table that match, newest first. Every condition begins with the tenant's column. */
export interface List {
  readonly table: string;
  /** Columns to read; all when absent. */
  readonly select?: string;
  /** Conditions that must all hold, with the values they bind. */
  readonly where: readonly string[];
  readonly values: readonly unknown[];
  /** The number of rows, where it is known without counting. */
  readonly total?: number;
  /** The column that says when a row came to be; `created_at` when absent. */
  readonly at?: string;
}

/** A pattern for LIKE that finds `text` anywhere; a trigram index serves it from three letters on. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** Counting stops here; beyond it the planner's estimate is told, and said to be one. */
const COUNT_MAX = 10_000;

/** Half an hour: nothing the database is asked takes longer. */
const NO_ANSWER_MS = 1_800_000;

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

  /**
   * One page of a list, ordered by when its rows came to be and `id`, the newest first. Costs the same at any
   * depth when it continues from a cursor, and at most two statements (three for an estimate).
   */
  protected async page<T>(list: List, request: PageRequest): Promise<Page<T>> {
    const { table, select = '*', at: time = 'created_at' } = list;
    const values = [...list.values];
    const where = [...list.where];
    const { total, totalIsEstimate } = await this.total(list);
    if (request.cursor) {
      const at = `timestamptz 'epoch' + $${values.push(request.cursor.at)}::bigint * interval '1 microsecond'`;
      where.push(`(${time}, id) < (${at}, $${values.push(request.cursor.id)}::uuid)`);
    }
    const rows = await this.rows<T & { cursorAt: string; id: string }>(
      `SELECT ${select}, (extract(epoch FROM ${time}) * 1000000)::bigint AS cursor_at
         FROM ${table} WHERE ${where.join(' AND ')}
        ORDER BY ${time} DESC, id DESC
        LIMIT $${values.push(request.limit + 1)} OFFSET $${values.push(offsetOf(request))}`,
      values,
    );
    const items = rows.slice(0, request.limit);
    const last = rows.length > request.limit ? items.at(-1) : undefined;
    const next: Cursor | null = last ? { at: last.cursorAt, id: last.id } : null;
    return { items, total, totalIsEstimate, page: request.page, limit: request.limit, next };
  }

  /**
   * Lets the statements that follow in the open transaction take up to `seconds`: for work on very
   * many rows. They must be sent by `slowRows` or `copyIn`. For a lock they wait no longer than others.
   */
  protected async allowSlow(seconds: number): Promise<void> {
    await this.rows(
      "SELECT set_config('statement_timeout', $1, true), set_config('work_mem', '64MB', true)",
      [`${seconds * 1_000}`],
    );
  }

  /** Lets them wait for locks as long, too: where the turn of others is worth waiting for. */
  protected async allowWaiting(seconds: number): Promise<void> {
    await this.rows("SELECT set_config('lock_timeout', $1, true)", [`${seconds * 1_000}`]);
  }

  /** Rows of a statement that `allowSlow` gave more time. */
  protected async slowRows<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = await this.openClient();
    // The connection's own limit is for a server that no longer answers; here it is the statement's.
    const query = { text: sql, values: [...values], query_timeout: NO_ANSWER_MS };
    const { rows } = await client.query<object>(query);
    return rows.map((row) => camelRow<T>(row));
  }

  /**
   * Writes lines of PostgreSQL's COPY text format into a table, inside the open transaction that
   * `allowSlow` gave more time; returns how many rows they were.
   */
  protected async copyIn(
    table: string,
    columns: readonly string[],
    lines: AsyncIterable<string> | Iterable<string>,
  ): Promise<number> {
    const client = await this.openClient();
    const copy = copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`);
    client.query(Object.assign(copy, { query_timeout: NO_ANSWER_MS }));
    await pipeline(lines, copy);
    return copy.rowCount;
  }

  private async openClient(): Promise<ClientBase> {
    const runner: QueryRunner | undefined = this.manager.queryRunner;
    if (!runner) throw new Error('not inside a transaction');
    return (await runner.connect()) as ClientBase;
  }

  private async total({
    table,
    where,
    values,
    total,
  }: List): Promise<Pick<Page<unknown>, 'total' | 'totalIsEstimate'>> {
    if (total !== undefined) return { total, totalIsEstimate: false };
    const matching = `SELECT 1 FROM ${table} WHERE ${where.join(' AND ')}`;
    const counted = await this.one<{ total: number }>(
      `SELECT count(*)::int AS total FROM (${matching} LIMIT ${COUNT_MAX + 1}) counted`,
      values,
    );
    if (counted!.total <= COUNT_MAX) return { total: counted!.total, totalIsEstimate: false };
    const plan = await this.one<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      `EXPLAIN (FORMAT JSON) ${matching}`,
      values,
    );
    const estimate = plan!['QUERY PLAN'][0].Plan['Plan Rows'];
    return { total: Math.max(estimate, counted!.total), totalIsEstimate: true };
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

/** A line of COPY's text format; null is NULL. */
export function copyLine(values: readonly (string | number | null)[]): string {
  return `${values.map(copyCell).join('\t')}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function copyCell(value: string | number | null): string {
  return value === null ? '\\N' : String(value).replace(/[\\\t\n\r]/g, (char) => ESCAPES[char]!);
}

/** SQL of an instant as our wires write it: UTC, milliseconds, cut off. */
export function isoSql(column: string): string {
  return `to_char(date_trunc('milliseconds', ${column}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
