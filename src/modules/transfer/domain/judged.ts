import type { FieldProblem } from '../../../kernel';
import type { Fields } from './fields';

/** A row as it was understood, or all that is wrong with it. */
export type Judged<T> =
  | { readonly row: T; readonly problems?: undefined }
  | { readonly row?: undefined; readonly problems: readonly FieldProblem[] };

export function judged<T>(fields: Fields, row: T): Judged<T> {
  return fields.problems.length > 0 ? { problems: fields.problems } : { row };
}
