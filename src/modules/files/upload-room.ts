import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel';
import { Transactions } from '../../platform/database';
import { storageUnavailable } from '../../platform/storage';
import { PlanErrors, PlanLimits } from '../plans';
import { BlobsRepository } from './blobs.repository';
import { FileErrors } from './domain/files.errors';
import type { Scope } from './file-books';
import type { Meter } from './file-contents';
import { FilesRepository } from './files.repository';

/** What is set aside at a time when nobody says how much will come. */
const STEP_BYTES = 67_108_864;
const STEP_MIN_BYTES = 1_048_576;

/** Whose plan an upload counts in, and what it takes the place of. */
export interface UploadTerms {
  readonly sellerId: string;
  /** Bytes the client said it sends; null when it did not. */
  readonly declaredBytes: number | null;
  /** The file whose content is replaced: the old one is not counted beside the new. */
  readonly replaces: { readonly app: Scope; readonly fileId: string } | null;
}

/** The state of one upload: bytes set aside for it, and by how much it goes on. */
interface Progress {
  aside: number;
  step: number;
}

/**
 * Holds uploads to what the plan allows while they come: bytes are set aside in the database before
 * they are stored, so that many at once find no more room than one.
 */
@Injectable()
export class UploadRoom {
  constructor(
    private readonly transactions: Transactions,
    private readonly plans: PlanLimits,
    private readonly blobs: BlobsRepository,
    private readonly files: FilesRepository,
  ) {}

  /**
   * The meter of one upload. It throws PLAN_LIMIT_REACHED when there is no room, FILE_NOT_FOUND when
   * what it replaces is gone, STORAGE_UNAVAILABLE when it was away so long that it was given up.
   */
  meter(upload: UploadTerms): Meter {
    const progress: Progress = { aside: 0, step: STEP_BYTES };
    return async (blobId, bytes) => {
      if (bytes > progress.aside) await this.advance(upload, blobId, bytes, progress);
    };
  }

  /** Sets more aside: all that was declared, else in steps that get shorter as the room does. */
  private async advance(
    upload: UploadTerms,
    blobId: string,
    bytes: number,
    progress: Progress,
  ): Promise<void> {
    for (;;) {
      const { declaredBytes } = upload;
      const declared = declaredBytes !== null && declaredBytes >= bytes;
      const target = declared ? declaredBytes : bytes + progress.step;
      try {
        await this.setAside(upload, blobId, progress.aside, target);
        progress.aside = target;
        return;
      } catch (error) {
        const full =
          error instanceof DomainError && error.code === PlanErrors.PLAN_LIMIT_REACHED.code;
        if (!full || declared || progress.step === 0) throw error;
        progress.step = progress.step > STEP_MIN_BYTES ? progress.step / 2 : 0;
      }
    }
  }

  private setAside(
    { sellerId, replaces }: UploadTerms,
    blobId: string,
    aside: number,
    target: number,
  ): Promise<void> {
    return this.transactions.run(async () => {
      const file = replaces && (await this.files.lock(replaces.app.id, replaces.fileId));
      if (replaces && !file) throw FileErrors.FILE_NOT_FOUND();
      const released = file?.blobId ? file.size : 0;
      await this.plans.reserve(sellerId, 'storageBytes', target - aside, released);
      if (!(await this.blobs.setAside(blobId, target))) throw storageUnavailable();
    });
  }
}
