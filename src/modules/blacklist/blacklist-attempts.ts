import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database';
import { BlacklistRepository } from './blacklist.repository';

/** Refusals that the next statement writes together. */
interface Batch {
  count: number;
  readonly written: Promise<void>;
}

interface Line {
  /** The statement under way. */
  readonly writing: Promise<void>;
  next: Batch | null;
}

/**
 * Counts what an entry refused. However many clients knock at once, each process has one statement
 * under way for an entry: those that come meanwhile are written by the next one, together.
 */
@Injectable()
export class BlacklistAttempts {
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly transactions: Transactions,
    private readonly entries: BlacklistRepository,
  ) {}

  /** Counts one refusal; resolves when it is committed. Rejects when it could not be written. */
  count(entryId: string): Promise<void> {
    const line = this.lines.get(entryId);
    if (!line) return this.write(entryId, () => 1);
    if (line.next) {
      line.next.count++;
      return line.next.written;
    }
    const after = line.writing.then(
      () => this.write(entryId, () => batch.count),
      () => this.write(entryId, () => batch.count),
    );
    const batch: Batch = { count: 1, written: after };
    line.next = batch;
    return after;
  }

  /** Counts one refusal with the commit of the open transaction. */
  countWithCommit(entryId: string): void {
    this.transactions.defer(this.entries.countingAttempt(entryId));
  }

  private write(entryId: string, count: () => number): Promise<void> {
    const writing = this.entries.countAttempts(entryId, count());
    const line: Line = { writing, next: null };
    this.lines.set(entryId, line);
    const done = () => {
      if (this.lines.get(entryId) === line && !line.next) this.lines.delete(entryId);
    };
    writing.then(done, done);
    return writing;
  }
}
