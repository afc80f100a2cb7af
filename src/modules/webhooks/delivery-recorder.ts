import { Injectable } from '@nestjs/common';
import { gaveUpWaiting, isRetryable } from '../../platform/database';
import { AttemptRecord, LanesRepository } from './lanes.repository';

interface Waiting {
  readonly attempt: AttemptRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Tries written in one statement. */
const BATCH_MAX = 200;
/** After so many that could not be recorded alone either, the matter is not with a few deliveries. */
const FAILURES_MAX = 8;

/**
 * Records tries: what comes while a statement is under way goes into the next one. So a few tries
 * are recorded at once, and thousands cost few statements.
 */
@Injectable()
export class DeliveryRecorder {
  private readonly waiting: Waiting[] = [];
  private writing = false;

  constructor(private readonly lanes: LanesRepository) {}

  /** Resolves when the try is on record. @throws when the database cannot be reached */
  record(attempt: AttemptRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ attempt, resolve, reject });
      if (!this.writing) void this.write();
    });
  }

  private async write(): Promise<void> {
    this.writing = true;
    // What else is ready now comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_MAX);
      try {
        await this.lanes.record(batch.map(({ attempt }) => attempt));
        batch.forEach(({ resolve }) => resolve());
      } catch (error) {
        if (heldUp(error)) await this.oneByOne(batch);
        else batch.forEach(({ reject }) => reject(error));
      }
    }
    this.writing = false;
  }

  /** One delivery that is locked must not cost the others their record: they would be sent again. */
  private async oneByOne(batch: readonly Waiting[]): Promise<void> {
    let failures = 0;
    for (const { attempt, resolve, reject } of batch) {
      const recorded =
        failures < FAILURES_MAX
          ? this.lanes.record([attempt])
          : Promise.reject(new Error('too many tries could not be recorded'));
      await recorded.then(resolve, (error: unknown) => {
        failures++;
        reject(error);
      });
    }
  }
}

/** Whether somebody else was at one of the rows. */
function heldUp(error: unknown): boolean {
  return gaveUpWaiting(error) || isRetryable(error);
}
