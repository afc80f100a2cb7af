/** A page of a list: `page` counts from 1, `limit` rows each. */
export interface PageRequest {
  readonly page: number;
  readonly limit: number;
  /** Continues after the row it names, instead of counting pages: equally fast at any depth. */
  readonly cursor?: Cursor | undefined;
}

/** A place in a list that is ordered by time of creation and id. */
export interface Cursor {
  /** Microseconds since 1970, as text: more than a double can hold safely in every use. */
  readonly at: string;
  readonly id: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Rows that match the filter, on all pages together. */
  readonly total: number;
  /** Whether so many rows match that `total` is the database's estimate. */
  readonly totalIsEstimate: boolean;
  readonly page: number;
  readonly limit: number;
  /** Where the next page begins; null after the last row. */
  readonly next: Cursor | null;
}

export const PAGE_LIMIT_MAX = 100;
export const PAGE_LIMIT_DEFAULT = 20;
/** Lists that the documents show without pages come whole, up to this many rows. */
export const WHOLE_LIST_LIMIT = 1_000;
/** Deeper than this, a page number is refused: offset reading costs what it skips. */
export const PAGE_MAX = 10_000;
/** Longest text of a cursor. */
export const CURSOR_MAX = 64;

export function offsetOf(request: PageRequest): number {
  return request.cursor ? 0 : (request.page - 1) * request.limit;
}

const CURSOR =
  /^([0-9a-z]{1,12})-([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** A cursor as callers see it. They pass it back and look no further. */
export function formatCursor({ at, id }: Cursor): string {
  return `${BigInt(at).toString(36)}-${id.replaceAll('-', '')}`;
}

/** The place a text names; null when the text is none of ours. */
export function parseCursor(text: string): Cursor | null {
  const match = CURSOR.exec(text);
  if (!match) return null;
  const [, at, ...id] = match;
  const micros = parseInt(at!, 36);
  return Number.isSafeInteger(micros) ? { at: String(micros), id: id.join('-') } : null;
}
