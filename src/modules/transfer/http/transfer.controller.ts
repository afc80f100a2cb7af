import { Controller, Get, Inject, Post, Query, StreamableFile } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Readable } from 'node:stream';
import type { Config } from '../../../config';
import { CommonErrors, SellerCaller } from '../../../kernel';
import { CONFIG } from '../../../platform/config-token';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  ok,
  Streamed,
  Upload,
  UploadedFile,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { PlanErrors } from '../../plans';
import { TransferErrors } from '../domain/transfer.errors';
import { ExportFormat, ExportService } from '../export.service';
import { ImportService } from '../import.service';
import { ExportQuery, ImportQuery } from './dto/transfer.dto';
import { ExportedFileView, ImportReportView } from './dto/transfer.views';
import * as example from './transfer.examples';

const TYPES = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8' } as const;

/** Licences and users in files. */
@ApiTags('Import and export')
@Access('seller', 'licenses')
@OfOwnApp()
@Controller('v1/admin/apps/:appId')
export class TransferController {
  constructor(
    private readonly imports: ImportService,
    private readonly exports: ExportService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post('import')
  @Streamed('The file, as it is: UTF-8, up to `IMPORT_LIMIT_BYTES`; any content type')
  @Answers({
    summary: 'Import licences and users from a file: all of it or nothing',
    description:
      'What exists already, equal in all that the file says, is left as it is: importing a file twice changes nothing, so this takes no Idempotency-Key. Of a user who signed in meanwhile, what the file says of an earlier sign-in, and a password hash from elsewhere that ours replaced, are not compared. When any row cannot be imported nothing is, and `report` names rows and reasons. For users an API token also needs the scope users:write.',
    data: ImportReportView,
    example: example.importExample,
  })
  @ApiErrors(
    CommonErrors.PAYLOAD_TOO_LARGE,
    TransferErrors.IMPORT_REJECTED,
    TransferErrors.IMPORT_OVERTAKEN,
    TransferErrors.IMPORTS_BUSY,
    PlanErrors.PLAN_LIMIT_REACHED,
  )
  async import(
    @OwnApp() app: OwnedApp,
    @Query() query: ImportQuery,
    @UploadedFile() upload: Upload,
    @Caller() caller: SellerCaller,
  ) {
    const file = upload.read({ bytes: this.config.IMPORT_LIMIT_BYTES });
    const order = { format: query.format, dryRun: query.dryRun === 'true' };
    return ok(await this.imports.run(app, file, order, caller));
  }

  @Get('export')
  @ApiOperation({
    summary: 'Export all licences or users as a file that the import takes',
    description:
      'Streamed, in the order of the keys or names. Users come with their password hashes: those that begin with `latchkey:` are of use only under the same MASTER_KEY. In CSV, an apostrophe stands before what a spreadsheet would take for a formula; the import takes it off. For users an API token also needs the scope users:read.',
  })
  @ApiErrors(TransferErrors.EXPORTS_BUSY)
  @ApiExtraModels(ExportedFileView)
  @ApiOkResponse({
    description: 'The file',
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(ExportedFileView) },
        example: example.exportExample,
      },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  async export(
    @OwnApp() app: OwnedApp,
    @Query() query: ExportQuery,
    @Caller() caller: SellerCaller,
  ): Promise<StreamableFile> {
    const { what, format = 'json' } = query;
    return attachment(this.exports.write(app, what, format, caller), what, format);
  }
}

function attachment(file: Readable, what: string, format: ExportFormat) {
  const disposition = `attachment; filename="${what}.${format}"`;
  return new StreamableFile(file, { type: TYPES[format], disposition });
}
