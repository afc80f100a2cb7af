import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CommonErrors, SellerCaller } from '../../kernel';
import { AppErrors } from '../../modules/apps';
import { FileErrors } from '../../modules/files';
import { PlanErrors } from '../../modules/plans';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  ok,
  StreamedForm,
  Upload,
  UploadedFile,
} from '../../platform/http';
import { StorageErrors } from '../../platform/storage';
import { encodeFile } from './authon-rest.encode';
import * as example from './authon-rest.examples';
import { FormUpload } from './authon-rest.form-upload';
import { UploadFormView, UploadedFileView } from './authon-rest.views';

/** Uploads by form [seed 001, D-B6]. */
@ApiTags('Admin (REST)')
@Controller('v1/admin/files')
export class AuthonRestUploadController {
  constructor(private readonly form: FormUpload) {}

  @Post('upload')
  @Access('seller', 'files')
  @StreamedForm(UploadFormView)
  @Answers({
    summary: 'Upload a file by form: register it and give it its content',
    description:
      'The fields may stand before or after the file. A repeat makes a second file, so this takes no Idempotency-Key: to repeat safely, register the file and PUT its content.',
    status: 201,
    data: UploadedFileView,
    example: example.uploadedFile,
  })
  @ApiErrors(
    AppErrors.APP_NOT_FOUND,
    CommonErrors.INVALID_INPUT,
    CommonErrors.PAYLOAD_TOO_LARGE,
    FileErrors.FILE_LIMIT,
    FileErrors.FILE_VERSION_EXISTS,
    PlanErrors.PLAN_LIMIT_REACHED,
    StorageErrors.STORAGE_FULL,
    StorageErrors.STORAGE_UNAVAILABLE,
  )
  async upload(@UploadedFile() upload: Upload, @Caller() caller: SellerCaller) {
    return ok(encodeFile(await this.form.take(upload, caller)));
  }
}
