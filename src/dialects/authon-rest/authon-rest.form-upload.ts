import { Inject, Injectable } from '@nestjs/common';
import { parseUuid, SellerCaller } from '../../kernel';
import { AppErrors, AppsService } from '../../modules/apps';
import {
  CHANNEL_DEFAULT,
  FileUploads,
  Received,
  StoredFile,
  UploadRoom,
} from '../../modules/files';
import { FormPart, formParts, invalidInput, Upload, validateInput } from '../../platform/http';
import { FILE_LIMITS, FileLimits } from '../../platform/storage';
import { UploadFormDto } from './authon-rest.dto';

/** What came of a form: its fields, and the file if there was one. */
interface Form {
  readonly fields: Record<string, unknown>;
  filename: string | null;
  content: Received | null;
}

/** Reads an uploaded form; its file is stored as it comes, wherever in the form it stands. */
@Injectable()
export class FormUpload {
  constructor(
    private readonly apps: AppsService,
    private readonly uploads: FileUploads,
    private readonly room: UploadRoom,
    @Inject(FILE_LIMITS) private readonly limits: FileLimits,
  ) {}

  /**
   * @throws INVALID_INPUT, APP_NOT_FOUND, PAYLOAD_TOO_LARGE, PLAN_LIMIT_REACHED, FILE_LIMIT,
   * FILE_VERSION_EXISTS, STORAGE_FULL, STORAGE_UNAVAILABLE
   */
  async take(upload: Upload, caller: SellerCaller): Promise<StoredFile> {
    const form: Form = { fields: {}, filename: null, content: null };
    try {
      for await (const part of formParts(upload, this.limits)) await this.read(part, form, caller);
      return await this.create(form, caller);
    } catch (error) {
      if (form.content) await this.uploads.discard(form.content);
      throw error;
    }
  }

  private async read(part: FormPart, form: Form, caller: SellerCaller): Promise<void> {
    if (part.kind === 'field') {
      form.fields[part.name] = part.value;
      return;
    }
    if (part.name !== 'file') throw invalidInput([{ field: part.name, message: 'is no file' }]);
    const { sellerId } = caller.seller;
    const incoming = { bytes: part.bytes, declaredBytes: null };
    const meter = this.room.meter({ sellerId, declaredBytes: null, replaces: null });
    form.filename = part.filename;
    form.content = await this.uploads.receive(sellerId, incoming, meter);
  }

  private async create(
    { fields, filename, content }: Form,
    caller: SellerCaller,
  ): Promise<StoredFile> {
    // The name that the file has on its sender's disk, unless the form says another.
    const named = filename === null ? fields : { name: filename, ...fields };
    const { appId, ...facts } = validateInput(UploadFormDto, named, 'drop');
    if (!content) throw invalidInput([{ field: 'file', message: 'must be sent' }]);
    const id = parseUuid(appId);
    if (id === null) throw AppErrors.APP_NOT_FOUND();
    const app = await this.apps.requireOwned(caller, id);
    const { name, minLevel = 0, version = null, channel = CHANNEL_DEFAULT } = facts;
    return this.uploads.create(app, { name, minLevel, version, channel }, content, caller);
  }
}
