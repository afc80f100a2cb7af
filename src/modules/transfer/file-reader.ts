import { Injectable } from '@nestjs/common';
import { nameKey, SellerCaller } from '../../kernel';
import { readDeclaredAddress } from '../../platform/network';
import type { OwnedApp } from '../apps';
import { UserTransfer } from '../app-users';
import { LicenseTransfer } from '../licenses';
import type { RawRecord } from './domain/fields';
import type { Judged } from './domain/judged';
import { keyAuthKey, keyAuthSubscription, keyAuthUser } from './domain/keyauth';
import { licenseRow } from './domain/license-row';
import type { Findings } from './domain/report';
import { requireUsersScope } from './domain/scope';
import { HashRule, userRow, UserWithIssue } from './domain/user-row';
import { ImportRowsRepository, StagedKind } from './import-rows.repository';
import { csvRecords } from './reading/csv-file';
import { BrokenFile, FileRecord, FileRecords, ListName } from './reading/file';
import { jsonRecords, licenseOrUser } from './reading/json-file';

export const IMPORT_FORMATS = ['json', 'csv', 'keyauth-keys', 'keyauth-users'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

type Bytes = AsyncIterable<Uint8Array>;

const READERS: Record<ImportFormat, (bytes: Bytes) => FileRecords> = {
  json: (bytes) => jsonRecords(bytes, ['licenses', 'users'], licenseOrUser),
  csv: (bytes) => csvRecords(bytes),
  'keyauth-keys': (bytes) => jsonRecords(bytes, ['licenses'], () => 'licenses'),
  'keyauth-users': (bytes) => jsonRecords(bytes, ['users', 'subscription'], () => 'users'),
};

/** A batch goes to the database when it has so many rows, or so many characters. */
const BATCH_ROWS = 1_000;
const BATCH_CHARS = 1_048_576;

/** How many rows of each kind were staged. */
export type Staged = Record<StagedKind, { count: number }> & { readonly keyAuth: boolean };

interface Reading {
  readonly app: OwnedApp;
  readonly caller: SellerCaller;
  readonly importId: string;
  readonly findings: Findings;
  readonly staged: Staged;
  batch: string[];
  chars: number;
}

/** Reads a file to its end, judges each row by itself and stages the good ones. */
@Injectable()
export class FileReader {
  constructor(
    private readonly rows: ImportRowsRepository,
    private readonly licenses: LicenseTransfer,
    private readonly users: UserTransfer,
  ) {}

  /**
   * Stages the good rows under `importId` and notes the bad ones in `findings`. A file that cannot be
   * read to its end is a finding as well.
   * @throws INSUFFICIENT_SCOPE
   */
  async stage(
    file: Bytes,
    format: ImportFormat,
    to: Pick<Reading, 'app' | 'caller' | 'importId' | 'findings'>,
  ): Promise<Staged> {
    const none = () => ({ count: 0 });
    const keyAuth = format.startsWith('keyauth');
    const staged = { license: none(), user: none(), subscription: none(), keyAuth };
    const reading: Reading = { ...to, staged, batch: [], chars: 0 };
    let read = 0;
    try {
      for await (const records of READERS[format](file)) {
        for (const record of records) {
          read++;
          this.take(reading, record);
          if (isFull(reading)) await this.flush(reading);
        }
      }
      await this.flush(reading);
    } catch (error) {
      if (!(error instanceof BrokenFile)) throw error;
      to.findings.refuse('file', read, [{ field: 'file', message: error.message }]);
    }
    return staged;
  }

  private take(reading: Reading, { list, row, value }: FileRecord): void {
    const { findings, app, staged } = reading;
    const { keyAuth } = staged;
    if (list !== 'licenses') requireUsersScope(reading.caller, 'users:write');
    if (value === null) {
      return findings.refuse(list, row, [{ field: 'row', message: 'is no record of this list' }]);
    }
    if (list === 'licenses') {
      const judged = keyAuth ? keyAuthKey(value) : licenseRow(value, addressForm);
      this.add(reading, 'license', list, row, judged, (license) => this.licenses.staged(license));
    } else if (list === 'users') {
      const read: (record: RawRecord, isHash: HashRule) => Judged<UserWithIssue> = keyAuth
        ? keyAuthUser
        : userRow;
      const judged = read(value, (text) => this.users.takesHash(text));
      this.add(reading, 'user', list, row, judged, ({ user, issue }) =>
        this.users.staged(app, user, issue),
      );
    } else {
      const judged = keyAuthSubscription(value);
      this.add(reading, 'subscription', list, row, judged, ({ username, ...terms }) => ({
        ...terms,
        usernameKey: nameKey(username),
      }));
    }
  }

  private add<T>(
    reading: Reading,
    kind: StagedKind,
    list: ListName,
    row: number,
    judged: Judged<T>,
    toData: (row: T) => object,
  ): void {
    if (judged.problems) return reading.findings.refuse(list, row, judged.problems);
    const text = JSON.stringify({ kind, row, data: toData(judged.row) });
    reading.batch.push(text);
    reading.chars += text.length;
    reading.staged[kind].count++;
  }

  private async flush(reading: Reading): Promise<void> {
    const { batch } = reading;
    if (batch.length === 0) return;
    reading.batch = [];
    reading.chars = 0;
    await this.rows.add(reading.importId, batch);
  }
}

function addressForm(text: string): string | null {
  return readDeclaredAddress(text)?.text ?? null;
}

function isFull({ batch, chars }: Reading): boolean {
  return batch.length >= BATCH_ROWS || chars >= BATCH_CHARS;
}
