import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CommonErrors, SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  Idempotent,
  ok,
  okPage,
  Streamed,
  Upload,
  UploadedFile,
  WholeListQuery,
} from '../../../platform/http';
import { StorageErrors } from '../../../platform/storage';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { PlanErrors } from '../../plans';
import { CHANNEL_DEFAULT } from '../domain/file';
import { FileErrors } from '../domain/files.errors';
import { FilesService } from '../files.service';
import { ContentIntake } from './content-intake';
import { ChangeFileDto, RegisterFileDto } from './dto/files.dto';
import { FileView } from './dto/files.views';
import * as example from './files.examples';
import { presentFile } from './files.presenter';

/** Files that only the entitled can read [seed 000, «Files»]. */
@ApiTags('Files')
@Access('seller', 'files')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly intake: ContentIntake,
  ) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Register a file; its content is uploaded afterwards',
    status: 201,
    data: FileView,
    example: example.registeredExample,
  })
  @ApiErrors(FileErrors.FILE_LIMIT, FileErrors.FILE_VERSION_EXISTS)
  async register(
    @OwnApp() app: OwnedApp,
    @Body() body: RegisterFileDto,
    @Caller() caller: SellerCaller,
  ) {
    const { name, size = 0, minLevel = 0, version = null, channel = CHANNEL_DEFAULT } = body;
    const facts = { name, size, minLevel, version, channel };
    return ok(presentFile(await this.files.register(app, facts, caller)));
  }

  @Get()
  @Answers({
    summary: 'List the files of an application',
    data: FileView,
    list: 'page',
    example: example.fileListExample,
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: WholeListQuery) {
    return okPage(await this.files.list(app, query), presentFile);
  }

  @Get(':fileId')
  @Answers({ summary: 'Read a file', data: FileView, example: example.fileExample })
  @ApiErrors(FileErrors.FILE_NOT_FOUND)
  async get(@OwnApp() app: OwnedApp, @Param('fileId') fileId: string) {
    return ok(presentFile(await this.files.requireOwned(app, fileId)));
  }

  @Put(':fileId/content')
  @Streamed(
    'The content, as it is, up to `FILE_LIMIT_BYTES`; any content type, with or without a length',
  )
  @Answers({
    summary: 'Upload the content of a file, or another in its place',
    description:
      'Stored encrypted, as it comes. Clients get the new content when all of it has arrived; when it does not, nothing changes.',
    data: FileView,
    example: example.fileExample,
  })
  @ApiErrors(
    CommonErrors.PAYLOAD_TOO_LARGE,
    FileErrors.FILE_NOT_FOUND,
    PlanErrors.PLAN_LIMIT_REACHED,
    StorageErrors.STORAGE_FULL,
    StorageErrors.STORAGE_UNAVAILABLE,
  )
  async upload(
    @OwnApp() app: OwnedApp,
    @Param('fileId') fileId: string,
    @UploadedFile() upload: Upload,
    @Caller() caller: SellerCaller,
  ) {
    return ok(presentFile(await this.intake.take(app, fileId, upload, caller)));
  }

  @Patch(':fileId')
  @Answers({
    summary: 'Change name, level, version or channel of a file',
    data: FileView,
    example: example.fileExample,
  })
  @ApiErrors(FileErrors.FILE_NOT_FOUND, FileErrors.FILE_VERSION_EXISTS)
  async change(
    @OwnApp() app: OwnedApp,
    @Param('fileId') fileId: string,
    @Body() body: ChangeFileDto,
    @Caller() caller: SellerCaller,
  ) {
    return ok(presentFile(await this.files.change(app, fileId, body, caller)));
  }

  @Delete(':fileId')
  @Answers({
    summary: 'Delete a file with its content',
    message: 'File deleted',
    example: { success: true, message: 'File deleted' },
  })
  @ApiErrors(FileErrors.FILE_NOT_FOUND)
  async remove(
    @OwnApp() app: OwnedApp,
    @Param('fileId') fileId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.files.remove(app, fileId, caller);
    return ok(undefined, 'File deleted');
  }
}
