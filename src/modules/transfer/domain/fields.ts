import {
  FieldProblem,
  formProblem,
  instantProblem,
  LAST_INSTANT,
  plainForm,
  textProblem,
  TextRule,
} from '../../../kernel';

/** One record of a file: names and values, as the file spells them. */
export type RawRecord = Readonly<Record<string, unknown>>;

const HWID_MAX = 256;

/** Lists are read on by when their rows began, and a cursor holds no other years; see `parseCursor`. */
const BEGINNINGS = ['1970-01-01T00:00:00.000Z', '2199-12-31T23:59:59.999Z'] as const;

/**
 * Reads the fields of one record and collects what is wrong, so that a row is reported whole. A field
 * that the record does not have is undefined: the file says nothing of it. A whole number may be
 * written as text, as CSV has no other way.
 */
export class Fields {
  readonly problems: FieldProblem[] = [];

  constructor(private readonly record: RawRecord) {}

  has(field: string): boolean {
    return Object.hasOwn(this.record, field) && this.record[field] !== undefined;
  }

  /** Fields beyond those `known` are a mistake: a column that nobody reads would be lost. */
  refuseOthers(known: readonly string[]): void {
    for (const field of Object.keys(this.record)) {
      if (!known.includes(field)) this.refuse(field.slice(0, 64), 'is not a known field');
    }
  }

  refuse(field: string, message: string): void {
    this.problems.push({ field, message });
  }

  /** The raw value, null and absent being told apart. */
  value(field: string): unknown {
    return this.record[field];
  }

  text(field: string, rule: TextRule): string | null | undefined {
    return this.checked(field, (value) => textProblem(value, rule)) as string | null | undefined;
  }

  /** A HWID in the one spelling by which those of clients are compared. */
  hwid(field: string): string | null | undefined {
    const text = this.text(field, { max: HWID_MAX });
    if (typeof text !== 'string') return text;
    const form = plainForm(text);
    const problem = formProblem(form, HWID_MAX);
    if (problem === null) return form;
    this.refuse(field, problem);
    return undefined;
  }

  oneOf<T extends string>(field: string, values: readonly T[]): T | null | undefined {
    return this.checked(field, (value) =>
      values.includes(value as T) ? null : `must be one of ${values.join(', ')}`,
    ) as T | null | undefined;
  }

  /** In CSV `true` or `false`. */
  bool(field: string): boolean | null | undefined {
    const value = this.checked(field, (given) =>
      [true, false, 'true', 'false'].includes(given as string) ? null : 'must be true or false',
    );
    return typeof value === 'string' ? value === 'true' : (value as boolean | null | undefined);
  }

  /** ISO-8601 in UTC, with milliseconds. */
  instant(field: string): string | null | undefined {
    const value = this.checked(field, instantProblem) as string | null | undefined;
    return typeof value === 'string' ? new Date(value).toISOString() : value;
  }

  /** When something came to be: an instant of the years 1970 to 2199. */
  beginning(field: string): string | null | undefined {
    const value = this.instant(field);
    if (typeof value !== 'string') return value;
    if (value >= BEGINNINGS[0] && value <= BEGINNINGS[1]) return value;
    this.refuse(field, 'must be of the years 1970 to 2199');
    return undefined;
  }

  int(field: string, min: number, max: number): number | null | undefined {
    const value = this.number(field);
    if (typeof value !== 'number') return value;
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    this.refuse(field, `must be a whole number from ${min} to ${max}`);
    return undefined;
  }

  /** Any finite number that is not negative. */
  number(field: string): number | null | undefined {
    const value = this.record[field];
    if (value === undefined || value === null) return value;
    const number =
      typeof value === 'string' && /^\d{1,15}(\.\d{1,9})?$/.test(value) ? +value : value;
    if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
    this.refuse(field, 'must be a number, 0 or more');
    return undefined;
  }

  /** An instant in unix seconds. Beyond the year 9999 is never: null. */
  unixSeconds(field: string): string | null | undefined {
    const seconds = this.number(field);
    if (typeof seconds !== 'number') return seconds;
    const ms = seconds * 1_000;
    return ms > LAST_INSTANT.getTime() ? null : new Date(ms).toISOString();
  }

  private checked(field: string, problem: (value: unknown) => string | null): unknown {
    const value = this.record[field];
    if (value === undefined || value === null) return value;
    const message = problem(value);
    if (message === null) return value;
    this.refuse(field, message);
    return undefined;
  }
}

/** The fields that were said, without those that were not. */
export function said<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
