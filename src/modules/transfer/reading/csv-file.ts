import { Parser } from 'csv-parse';
import { original, recordOf } from '../domain/cells';
import { Feed } from './feed';
import {
  BrokenFile,
  COLUMNS_MAX,
  FileRecord,
  FileRecords,
  ListName,
  RECORD_MAX,
  textOf,
} from './file';

const PARSER = {
  max_record_size: RECORD_MAX,
  relax_column_count: true,
  skip_empty_lines: true,
} as const;

/**
 * The records of a CSV file with a header row: of users when there is a column `username`, else of
 * licences. An empty cell says null.
 * @throws BrokenFile where the file cannot be read on, after what could be read
 */
export async function* csvRecords(bytes: AsyncIterable<Uint8Array>): FileRecords {
  const feed = new Feed<string[]>(new Parser(PARSER));
  const rows = new CsvRows();
  try {
    for await (const text of textOf(bytes)) {
      const records = rows.take(await feed.write(text));
      if (records.length > 0) yield records;
    }
    yield rows.take(await feed.end());
  } catch (error) {
    if (error instanceof BrokenFile && error.found.length > 0) {
      yield rows.take(error.found as string[][]);
    }
    throw error;
  }
}

class CsvRows {
  private header: readonly string[] | null = null;
  private list: ListName = 'licenses';
  private row = 0;

  take(lines: readonly string[][]): FileRecord[] {
    const records: FileRecord[] = [];
    for (const cells of lines) {
      if (this.header) records.push(this.record(this.header, cells));
      else this.begin(cells);
    }
    return records;
  }

  private begin(cells: readonly string[]): void {
    if (cells.length > COLUMNS_MAX) throw new BrokenFile('the header names too many columns');
    const header = cells.map((cell) => original(cell).trim());
    if (new Set(header).size < header.length)
      throw new BrokenFile('the header names a column twice');
    if (header.includes('username')) this.list = 'users';
    else if (!header.includes('key')) {
      throw new BrokenFile(
        'the header row must name the column key (licences) or username (users)',
      );
    }
    this.header = header;
  }

  private record(header: readonly string[], cells: readonly string[]): FileRecord {
    const fits = cells.length <= header.length;
    return { list: this.list, row: ++this.row, value: fits ? recordOf(header, cells) : null };
  }
}
