import { Controller, Get, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Origin } from '../../kernel';
import { CallingApp, ClientApp } from '../../modules/apps';
import { ClientFiles } from '../../modules/client-access';
import { CHANNEL_DEFAULT, FileErrors } from '../../modules/files';
import {
  Access,
  Answers,
  ApiErrors,
  ContentErrors,
  RequestOrigin,
  sendContent,
} from '../../platform/http';
import { StorageErrors } from '../../platform/storage';
import { NewestFileQuery } from './authon-rest.dto';
import * as encode from './authon-rest.encode';
import { CLIENT_ERRORS } from './authon-rest.errors';
import * as example from './authon-rest.examples';
import { ClientFileView } from './authon-rest.views';
import { ClientThrottleGuard } from './client-throttle.guard';
import { ApiSessionToken, SessionToken } from './session-token';

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

/** Files for client programs [seed 001, D-B7]. */
@ApiTags('Client (REST)')
@Access('app-client')
@UseGuards(ClientThrottleGuard)
@ApiErrors(...CLIENT_ERRORS)
@Controller('v1/client/files')
export class AuthonRestFilesController {
  constructor(private readonly files: ClientFiles) {}

  @Get('latest')
  @ApiSessionToken()
  @Answers({
    summary: 'The newest version of a file that the level of the client allows',
    data: ClientFileView,
    example: example.clientFile,
  })
  async latest(
    @Query() { name, channel = CHANNEL_DEFAULT }: NewestFileQuery,
    @SessionToken() token: string,
    @CallingApp() app: ClientApp,
    @RequestOrigin() origin: Origin,
  ) {
    const verdict = await this.files.find(app, token, { name, channel }, origin);
    return encode.answer(verdict, encode.encodeClientFile);
  }

  @Get(':fileId')
  @ApiSessionToken()
  @Answers({ summary: 'What a file is', data: ClientFileView, example: example.clientFile })
  async get(
    @Param('fileId') fileId: string,
    @SessionToken() token: string,
    @CallingApp() app: ClientApp,
    @RequestOrigin() origin: Origin,
  ) {
    const verdict = await this.files.find(app, token, { fileId }, origin);
    return encode.answer(verdict, encode.encodeClientFile);
  }

  @Get(':fileId/bytes')
  @ApiSessionToken()
  @ApiOperation({
    summary: 'Download a file',
    description: '`Range`, `If-Range`, `If-None-Match` and HEAD are answered.',
  })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'The whole file', content: BYTES })
  @ApiResponse({ status: 206, description: 'The range asked for', content: BYTES })
  @ApiResponse({ status: 304, description: 'The client has it' })
  @ApiErrors(
    ContentErrors.RANGE_NOT_SATISFIABLE,
    FileErrors.FILE_DAMAGED,
    StorageErrors.STORAGE_UNAVAILABLE,
  )
  async bytes(
    @Param('fileId') fileId: string,
    @SessionToken() token: string,
    @CallingApp() app: ClientApp,
    @RequestOrigin() origin: Origin,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const verdict = await this.files.open(app, token, { fileId }, origin);
    await sendContent(request, reply, encode.grantedOf(verdict));
  }
}
