import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../../config';
import type { SellerCaller } from '../../../kernel';
import { CONFIG } from '../../../platform/config-token';
import type { Upload } from '../../../platform/http';
import type { OwnedApp } from '../../apps';
import { FileUploads } from '../file-uploads';
import { FilesService, StoredFile } from '../files.service';
import { UploadRoom } from '../upload-room';

/** Longest an upload may take as long as it does not stall: 64 GiB at 25 Mbit a second. */
const TOTAL_MS = 6 * 3_600_000;

/** Takes the raw bytes of a request as the content of a file. */
@Injectable()
export class ContentIntake {
  constructor(
    private readonly files: FilesService,
    private readonly uploads: FileUploads,
    private readonly room: UploadRoom,
    @Inject(CONFIG) private readonly config: Config,
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
    const bytes = upload.read({ bytes: this.config.FILE_LIMIT_BYTES, totalMs: TOTAL_MS });
    const meter = this.room.meter({ sellerId, declaredBytes, replaces: { app, fileId } });
    const content = await this.uploads.receive(sellerId, { bytes, declaredBytes }, meter);
    return this.uploads.replace(app, fileId, content, caller);
  }
}
