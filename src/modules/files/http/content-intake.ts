import { Inject, Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../../kernel';
import type { Upload } from '../../../platform/http';
import { FILE_LIMITS, FileLimits } from '../../../platform/storage';
import type { OwnedApp } from '../../apps';
import { FileUploads } from '../file-uploads';
import { FilesService, StoredFile } from '../files.service';
import { UploadRoom } from '../upload-room';

/** Takes the raw bytes of a request as the content of a file. */
@Injectable()
export class ContentIntake {
  constructor(
    private readonly files: FilesService,
    private readonly uploads: FileUploads,
    private readonly room: UploadRoom,
    @Inject(FILE_LIMITS) private readonly limits: FileLimits,
  ) {}

  /**
   * @throws FILE_NOT_FOUND, PAYLOAD_TOO_LARGE, MALFORMED_REQUEST, PLAN_LIMIT_REACHED, STORAGE_FULL,
   * STORAGE_UNAVAILABLE
   */
  async take(
    app: OwnedApp,
    fileId: string,
    upload: Upload,
    caller: SellerCaller,
  ): Promise<StoredFile> {
    await this.files.requireOwned(app, fileId);
    const { sellerId } = app;
    const { declaredBytes } = upload;
    const bytes = upload.read(this.limits);
    const meter = this.room.meter({ sellerId, declaredBytes, replaces: { app, fileId } });
    const content = await this.uploads.receive(sellerId, { bytes, declaredBytes }, meter);
    return this.uploads.replace(app, fileId, content, caller);
  }
}
