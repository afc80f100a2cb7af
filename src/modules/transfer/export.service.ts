import { stringify } from 'csv-stringify/sync';
import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { SellerCaller } from '../../kernel';
import type { OwnedApp } from '../apps';
import { UserTransfer } from '../app-users';
import { LicenseTransfer } from '../licenses';
import { cellOf } from './domain/cells';
import { LICENSE_FIELDS } from './domain/license-row';
import { requireUsersScope } from './domain/scope';
import { TransferErrors } from './domain/transfer.errors';
import { USER_FIELDS } from './domain/user-row';
import { Turns } from './turns';

export const EXPORT_LISTS = ['licenses', 'users'] as const;
export type ExportList = (typeof EXPORT_LISTS)[number];
export const EXPORT_FORMATS = ['json', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Who takes nothing for so long is gone: others wait for the turn. */
const STALL_MS = 60_000;

type Pages = AsyncIterable<readonly object[]>;

const COLUMNS: Record<ExportList, readonly string[]> = {
  licenses: LICENSE_FIELDS,
  users: USER_FIELDS,
};

/** Exports of licences and users, as the import takes them, a page at a time. */
@Injectable()
export class ExportService {
  private readonly turns = new Turns(TransferErrors.EXPORTS_BUSY, 'export');

  constructor(
    private readonly licenses: LicenseTransfer,
    private readonly users: UserTransfer,
  ) {}

  /**
   * The whole list as text, in the order of keys or names: two exports of the same are the same text.
   * Rows are read as the text is taken, so those that change meanwhile come as they are then. It must
   * be read or destroyed: until then it is the seller's one export.
   * @throws INSUFFICIENT_SCOPE, EXPORTS_BUSY
   */
  write(app: OwnedApp, list: ExportList, format: ExportFormat, caller: SellerCaller): Readable {
    if (list === 'users') requireUsersScope(caller, 'users:read');
    const done = this.turns.take(app.sellerId);
    const pages = list === 'users' ? this.users.export(app) : this.licenses.export(app);
    const text = format === 'csv' ? csv(pages, COLUMNS[list]) : json(pages, list);
    const file = Readable.from(
      watched(text, () => file.destroy()),
      { objectMode: false },
    );
    return file.once('close', done);
  }
}

/** The pieces as they come, unless one is not taken in time. */
async function* watched(
  pieces: AsyncIterable<string>,
  stalled: () => void,
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    const timer = setTimeout(stalled, STALL_MS);
    timer.unref();
    try {
      yield piece;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* json(pages: Pages, list: ExportList): AsyncGenerator<string> {
  yield `{"${list}":[`;
  let before = '\n';
  for await (const page of pages) {
    yield before + page.map((record) => JSON.stringify(record)).join(',\n');
    before = ',\n';
  }
  yield '\n]}\n';
}

async function* csv(pages: Pages, columns: readonly string[]): AsyncGenerator<string> {
  yield `${columns.join(',')}\n`;
  for await (const page of pages) {
    const rows = page.map((record) =>
      columns.map((column) => cellOf((record as Readonly<Record<string, unknown>>)[column])),
    );
    yield stringify(rows);
  }
}
