import type { RawRecord } from './fields';

/**
 * Cells that a spreadsheet would take for a formula begin with one of these; the last four are what
 * some programs turn into the first four.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** A cell that no spreadsheet runs: an apostrophe goes before what looks like a formula (S-31). */
export function neutralised(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text behind a neutralised cell: exactly what `neutralised` was given. */
export function original(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** A value as a cell: null is empty, a list is JSON. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return neutralised(value);
  return JSON.stringify(value);
}

/** A row of cells as a record: an empty cell says null. */
export function recordOf(header: readonly string[], cells: readonly string[]): RawRecord {
  const record = Object.create(null) as Record<string, unknown>;
  header.forEach((name, index) => {
    const cell = cells[index] ?? '';
    record[name] = cell === '' ? null : original(cell);
  });
  return record;
}
