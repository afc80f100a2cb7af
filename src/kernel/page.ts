/** A page of a list: `page` counts from 1, `limit` rows each. */
export interface PageRequest {
  readonly page: number;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Rows that match the filter, on all pages together. */
  readonly total: number;
  readonly page: number;
  readonly limit: number;
}

export const PAGE_LIMIT_MAX = 100;
export const PAGE_LIMIT_DEFAULT = 20;
/** Lists that the documents show without pages come whole, up to this many rows. */
export const WHOLE_LIST_LIMIT = 1_000;
/** Deeper than this, a page number is refused: offset reading costs what it skips. */
export const PAGE_MAX = 10_000;

export function offsetOf(request: PageRequest): number {
  return (request.page - 1) * request.limit;
}
