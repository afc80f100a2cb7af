import { Body, Controller, Get, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import { Access, Answers, ApiErrors, Caller } from '../../../platform/http';
import { AppErrors } from '../../apps';
import { FileErrors } from '../../files';
import { BuilderService } from '../builder.service';
import { BuilderErrors } from '../domain/builder.errors';
import { KINDS, LANGUAGES } from '../domain/languages';
import { LoaderMaker } from '../loader-maker';
import { LoaderTemplates } from '../loader-templates';
import { BuildLoaderDto } from './dto/builder.dto';

const TEMPLATES = LANGUAGES.map((language) => KINDS[language].template);
const STATUS_KEYS = {
  templates: {
    type: 'object',
    description: 'Whether a loader can be built from each template: it is there, and unaltered',
    required: TEMPLATES,
    properties: Object.fromEntries(TEMPLATES.map((name) => [name, { type: 'boolean' }])),
  },
  publicKey: {
    type: 'string',
    description: 'Ed25519 key (SPKI, base64) under which the configurations of loaders are signed',
  },
};
const STATUS_EXAMPLE = {
  success: true,
  templates: Object.fromEntries(TEMPLATES.map((name) => [name, true])),
  publicKey: 'MCowBQYDK2VwAyEA1k8X1vJq0Yp2Vd0s4o0lqk9d0JpXn3mJYc0aX1m1yJ8=',
};

/** Loaders: programs that sign a user in and fetch a file [seed 000, «Builder API»]. */
@ApiTags('Builder')
@Access('seller', 'builder')
@Controller('v1/builder')
export class BuilderController {
  constructor(
    private readonly builder: BuilderService,
    private readonly maker: LoaderMaker,
    private readonly templates: LoaderTemplates,
  ) {}

  @Get('status')
  @Answers({
    summary: 'Tell which loaders can be built',
    beside: STATUS_KEYS,
    example: STATUS_EXAMPLE,
  })
  async status() {
    const templates = await this.templates.status();
    return { success: true, templates, publicKey: this.maker.publicKey };
  }

  @Post('build')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Build a loader for an application',
    description:
      'Answers the program itself. The same request gives the same bytes, so this takes no Idempotency-Key. A loader holds nothing but what its user may know: the id of the application, its publishable API key, the address of this server, the title and the file.',
  })
  @ApiOkResponse({
    description: 'The loader, as an attachment named after the title',
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiErrors(
    AppErrors.APP_NOT_FOUND,
    FileErrors.FILE_NOT_FOUND,
    BuilderErrors.TEMPLATE_MISSING,
    BuilderErrors.BUILDS_BUSY,
  )
  async build(
    @Body() body: BuildLoaderDto,
    @Caller() caller: SellerCaller,
  ): Promise<StreamableFile> {
    const { bytes, fileName } = await this.builder.build(body, caller);
    const disposition = `attachment; filename="${fileName}"`;
    return new StreamableFile(bytes, { type: 'application/octet-stream', disposition });
  }
}
