import type { FieldProblem } from '../../../kernel';

/** A row that cannot be imported, and why. */
export interface ReportedError {
  /** The list of the file: `licenses`, `users` or `subscription`; `file` for the file as a whole. */
  readonly list: string;
  /** Position in the list, from 1; for the file, how many records were read before it broke. */
  readonly row: number;
  readonly field: string;
  readonly message: string;
}

export interface Tally {
  readonly created: number;
  /** Exist already, equal in all that the file says of them. */
  readonly unchanged: number;
}

/** What an import did, or a dry run would do. */
export interface ImportReport {
  readonly dryRun: boolean;
  readonly licenses: Tally;
  readonly users: Tally;
  /** How many rows were found bad; the first of the errors are listed. */
  readonly errorCount: number;
  readonly errors: readonly ReportedError[];
}

const NONE: Tally = { created: 0, unchanged: 0 };

/** Collects what is found out about a file. */
export class Findings {
  readonly tallies: Record<'licenses' | 'users', Tally> = { licenses: NONE, users: NONE };
  private readonly errors: ReportedError[] = [];
  private bad = 0;

  constructor(private readonly listed: number) {}

  get badRows(): number {
    return this.bad;
  }

  /** Notes a bad row, with everything that is wrong with it. */
  refuse(list: string, row: number, problems: readonly FieldProblem[]): void {
    this.bad++;
    for (const problem of problems) this.list({ list, row, ...problem });
  }

  /** Notes bad rows that were found together, some of them listed. */
  refuseAll(
    list: string,
    count: number,
    listed: readonly (FieldProblem & { readonly row: number })[],
  ): void {
    this.bad += count;
    for (const { row, field, message } of listed) this.list({ list, row, field, message });
  }

  report(dryRun: boolean): ImportReport {
    const { licenses, users } = this.tallies;
    return { dryRun, licenses, users, errorCount: this.bad, errors: this.errors };
  }

  private list(error: ReportedError): void {
    if (this.errors.length < this.listed) this.errors.push(error);
  }
}
