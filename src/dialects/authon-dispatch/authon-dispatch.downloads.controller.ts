import { Controller, Get, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommonErrors } from '../../kernel';
import { ClientDownloads, ClientErrors, ClientRefusal } from '../../modules/client-access';
import { FileErrors } from '../../modules/files';
import { TOKEN_MAX } from '../../modules/sessions';
import { Access, ApiErrors, ContentErrors, originOf, sendContent } from '../../platform/http';
import { StorageErrors } from '../../platform/storage';
import { DownloadQuery } from './authon-dispatch.dto';
import { DownloadThrottle } from './authon-dispatch.downloads.guard';
import { REFUSALS, refusal } from './authon-dispatch.errors';

const TOKEN_HEADER = 'x-session-token';
const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

/** The address that `type: "file"` answers with [seed 000, doc]. */
@ApiTags('Client')
@Access('public')
@UseGuards(DownloadThrottle)
@Controller('v1/files/download')
export class DownloadsController {
  constructor(private readonly downloads: ClientDownloads) {}

  @Get(':fileId')
  @ApiOperation({
    summary: 'Download a file',
    description:
      'The ticket of a link is good for one download within 60 seconds; a session token in its place (older SDKs) or in the header is good as often as it lives. `Range`, `If-Range`, `If-None-Match` and HEAD are answered; HEAD and whatever sends no byte of the file spend no ticket, a refusal of its session does.',
  })
  @ApiHeader({
    name: 'X-Session-Token',
    required: false,
    description: 'Takes the place of `token`',
    schema: { type: 'string', maxLength: TOKEN_MAX },
  })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'The whole file', content: BYTES })
  @ApiResponse({ status: 206, description: 'The range asked for', content: BYTES })
  @ApiResponse({ status: 304, description: 'The client has it' })
  @ApiErrors(
    ...(Object.keys(REFUSALS) as ClientRefusal[]).map((code) => ClientErrors[code]),
    CommonErrors.RATE_LIMITED,
    ContentErrors.RANGE_NOT_SATISFIABLE,
    FileErrors.FILE_DAMAGED,
    StorageErrors.STORAGE_UNAVAILABLE,
  )
  async download(
    @Param('fileId') fileId: string,
    @Query() { token = '' }: DownloadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const header = request.headers[TOKEN_HEADER];
    const credential = typeof header === 'string' && header !== '' ? header : token;
    const purpose = request.method === 'HEAD' ? 'look' : 'read';
    const verdict = await this.downloads.open(credential, fileId, purpose, originOf(request));
    await sendContent(request, reply, verdict.granted ? verdict.value : refuse(verdict.code));
  }
}

function refuse(code: ClientRefusal): never {
  throw refusal(code);
}
