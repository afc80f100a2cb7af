import { stringify } from 'csv-stringify/sync';

/** How spreadsheet programs recognise a formula; the wide forms of the signs count as well. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * A text that somebody wrote, as a cell: what a spreadsheet program would run as a formula begins
 * with an apostrophe, which makes it text (S-31). For texts only: a negative number is a number.
 */
export function textCell(text: string | null): string | null {
  return text !== null && FORMULA.test(text) ? `'${text}` : text;
}

/** Rows as lines of CSV (RFC 4180). A null is an empty cell. */
export function csvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    // A lone line break would be a row of its own for many a reader.
    { record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  );
}
