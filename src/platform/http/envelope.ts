import { formatCursor, Page } from '../../kernel';

/** Position of a page; the documents' three first, then ours. */
interface Pagination {
  page: number;
  limit: number;
  total: number;
  totalIsEstimate?: true;
  nextCursor: string | null;
}

/** Success body of the Authon wires: `{success, message?, data?, pagination?}` [seed 000]. */
export interface Envelope<T> {
  success: true;
  message?: string;
  data?: T;
  pagination?: Pagination;
}

/** Wraps an answer. The key order is the documents'. */
export function ok<T>(data?: T, message?: string): Envelope<T> {
  return {
    success: true,
    ...(message === undefined ? {} : { message }),
    ...(data === undefined ? {} : { data }),
  };
}

/** Wraps one page of a list, each row presented by `present`. */
export function okPage<T, V>(page: Page<T>, present: (item: T) => V): Envelope<V[]> {
  const { limit, total, totalIsEstimate, next } = page;
  return {
    success: true,
    data: page.items.map(present),
    pagination: {
      page: page.page,
      limit,
      total,
      ...(totalIsEstimate ? { totalIsEstimate } : {}),
      nextCursor: next && formatCursor(next),
    },
  };
}
