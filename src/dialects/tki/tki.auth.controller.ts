import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CommonErrors, Origin } from '../../kernel';
import { ClientRefusal, ProductAccess } from '../../modules/client-access';
import { CallingGateway, ClientGateway, GatewayErrors } from '../../modules/gateways';
import { Access, ApiErrors, RequestOrigin } from '../../platform/http';
import { decodeClaim, Unclear } from './tki.decode';
import { TkiAuthBody } from './tki.dto';
import { encodeGrant } from './tki.encode';
import { Failure, failure, REFUSALS } from './tki.errors';
import * as example from './tki.examples';
import { RefusalResponses } from './tki.openapi';
import { TkiAuthView } from './tki.views';

/** The one documented endpoint [seed 003]. */
@ApiTags('TKI Auth')
@Access('gateway')
@Controller('api/license')
export class TkiAuthController {
  constructor(private readonly access: ProductAccess) {}

  @Post('auth')
  @HttpCode(200)
  @ApiOperation({ summary: 'Tell whether a licence key is good for a product' })
  @ApiBody({ type: TkiAuthBody, examples: { document: { value: example.authRequest } } })
  @ApiResponse({
    status: 200,
    description: 'Success',
    type: TkiAuthView,
    example: example.authGrant,
  })
  @RefusalResponses()
  @ApiErrors(
    GatewayErrors.GATEWAY_KEY_MISSING,
    GatewayErrors.GATEWAY_KEY_INVALID,
    CommonErrors.RATE_LIMITED,
  )
  async authenticate(
    @Body() body: unknown,
    @CallingGateway() gateway: ClientGateway,
    @RequestOrigin() origin: Origin,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TkiAuthView | Failure> {
    const claim = decodeClaim(body, gateway.requireHwid);
    if ('problems' in claim) return this.unclear(gateway, claim, origin, reply);
    const verdict = await this.access.authenticate(gateway, claim, origin);
    if (verdict.granted) return encodeGrant(verdict.value);
    return refuse(verdict.code, verdict.facts['retryAfterSeconds'], origin, reply);
  }

  private async unclear(
    gateway: ClientGateway,
    { claim, code, message, problems }: Unclear,
    origin: Origin,
    reply: FastifyReply,
  ) {
    await this.access.turnedAway(gateway, claim, code, origin);
    void reply.status(400);
    return { ...failure(400, message, code, origin.requestId), errors: problems };
  }
}

function refuse(
  code: ClientRefusal,
  retryAfterSeconds: unknown,
  { requestId }: Origin,
  reply: FastifyReply,
): Failure {
  const { status, message } = REFUSALS[code];
  void reply.status(status);
  if (typeof retryAfterSeconds === 'number') void reply.header('retry-after', retryAfterSeconds);
  return failure(status, message, code, requestId);
}
