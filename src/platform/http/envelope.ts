import type { Page } from '../../kernel';

/** Success body of the Authon wires: `{success, message?, data?, pagination?}` [seed 000]. */
export interface Envelope<T> {
  success: true;
  message?: string;
  data?: T;
  pagination?: { page: number; limit: number; total: number };
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
  return {
    success: true,
    data: page.items.map(present),
    pagination: { page: page.page, limit: page.limit, total: page.total },
  };
}
