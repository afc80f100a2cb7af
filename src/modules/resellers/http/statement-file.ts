import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { publicId } from '../../../kernel';
import { csvLines, textCell } from '../../../platform/http';
import type { LedgerLine } from '../reseller-views';
import type { StatementFormat } from './dto/resellers.dto';
import { presentLine } from './resellers.presenter';

const COLUMNS = [
  ...(['position', 'createdAt', 'kind', 'amount', 'balanceAfter', 'keys', 'unitPrice'] as const),
  ...(['licenseId', 'note', 'actor', 'id'] as const),
];

const TYPES: Record<StatementFormat, string> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};

/** A whole statement as a file to keep, sent as it is read: a batch of lines is all that is held. */
export function statementFile(
  format: StatementFormat,
  resellerId: string,
  batches: AsyncIterable<readonly LedgerLine[]>,
): StreamableFile {
  const text = format === 'csv' ? asCsv(batches) : asJson(batches);
  const name = `ledger-${publicId('rsl', resellerId)}.${format}`;
  return new StreamableFile(Readable.from(text), {
    type: TYPES[format],
    disposition: `attachment; filename="${name}"`,
  });
}

async function* asCsv(batches: AsyncIterable<readonly LedgerLine[]>): AsyncGenerator<string> {
  let head = csvLines([COLUMNS]);
  for await (const batch of batches) {
    const rows = batch.map((line) => {
      const shown = { ...presentLine(line), note: textCell(line.note) };
      return COLUMNS.map((column) => shown[column]);
    });
    yield head + csvLines(rows);
    head = '';
  }
  if (head !== '') yield head;
}

/** The envelope of the house around all lines. */
async function* asJson(batches: AsyncIterable<readonly LedgerLine[]>): AsyncGenerator<string> {
  let before = '{"success":true,"data":[';
  for await (const batch of batches) {
    yield before + batch.map((line) => JSON.stringify(presentLine(line))).join(',');
    before = ',';
  }
  yield before === ',' ? ']}' : `${before}]}`;
}
