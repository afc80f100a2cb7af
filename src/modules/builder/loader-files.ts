import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { BuilderErrors } from './domain/builder.errors';

/** Knows whether an application has the file that a loader is to fetch. */
@Injectable()
export class LoaderFiles {
  /** @throws FILE_NOT_FOUND also for a file of another application */
  async requireOf(_appId: string, _fileId: string, _caller: SellerCaller): Promise<void> {
    throw BuilderErrors.LOADER_FILE_NOT_FOUND();
  }
}
